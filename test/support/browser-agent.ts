/** A person with a browser that keeps cookies and follows redirects: as much of one as signing in takes. */
export interface Agent {
  /** Opens a page; and follows redirects until one leads to `until`. */
  readonly open: (url: string, until?: string, form?: Readonly<Record<string, string>>) => Promise<Page>;
}

/** Where the agent ended. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly body: string;
}

export function agent(): Agent {
  const jar = new Map<string, string>();
  const visit = async (url: string, form: Readonly<Record<string, string>> | undefined) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const body = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
    const response = await fetch(url, { redirect: "manual", headers: { cookie }, ...body });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return response;
  };
  const open: Agent["open"] = async (url, until, form) => {
    for (let at = url, sent = form, hops = 0; hops < 20; hops += 1) {
      const response = await visit(at, sent);
      sent = undefined;
      const location = response.headers.get("location");
      if (location === null) return { url: new URL(at), status: response.status, body: await response.text() };
      const next = new URL(location, at);
      if (until !== undefined && next.href.startsWith(until)) return { url: next, status: response.status, body: "" };
      at = next.href;
    }
    throw new Error("The redirects do not end");
  };
  return { open };
}
