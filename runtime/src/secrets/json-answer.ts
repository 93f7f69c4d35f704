/** Asks over HTTP; the global `fetch` has this shape. */
export type SecretFetch = (url: string, init: RequestInit) => Promise<Response>;

/** What is asked for a secret. */
export interface SecretRequest {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const largest = 4_194_304;

/**
 * Asks a secret store and reads its JSON answer. What is thrown holds neither the answer nor the request's headers.
 * @param plain hosts that may be asked over plain HTTP, beside the loopback: those of a platform's own metadata service.
 */
export async function askJson(
  fetch: SecretFetch,
  { url, method = "GET", headers = {}, json }: SecretRequest,
  timeout: number,
  plain: readonly string[] = [],
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { protocol, hostname, origin } = new URL(url);
  if (protocol !== "https:" && !loopback.test(hostname) && !plain.includes(hostname))
    throw new Error(`${origin} is asked for secrets over plain HTTP`);
  const content = json === undefined ? {} : { body: JSON.stringify(json) };
  const type = json === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(url, {
    method,
    headers: { Accept: "application/json", ...type, ...headers },
    // A redirect would carry the token to whom the answer names.
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
    ...content,
  }).catch((thrown: unknown) => {
    throw new Error(`${origin} did not answer${thrown instanceof Error ? ` (${thrown.name})` : ""}`);
  });
  return { status: response.status, body: await bodyOf(response, origin) };
}

async function bodyOf(response: Response, origin: string): Promise<unknown> {
  const text = await response.text();
  if (text.length > largest) throw new Error(`${origin} answered more than any secret is`);
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    if (response.ok) throw new Error(`${origin} did not answer JSON`);
    return undefined;
  }
}

/** Whether a value is an object whose members may be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member along a path of names; `undefined` where there is none. */
export function memberAt(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}
