/** How the parts of a link are masked. */
export interface Parts {
  readonly hides: (name: string) => boolean;
  /** What stands for a hidden text. */
  readonly place: (value: string) => string;
  /** A text that is not hidden as a whole. */
  readonly text: (text: string) => string;
}

/** A query or a form. Fields that hide nothing stay as they were written. */
export function maskedQuery(search: string, { hides, place, text }: Parts): string {
  return search
    .split("&")
    .map((field) => {
      const [[name, value] = ["", ""]] = [...new URLSearchParams(`?${field}`)];
      const written = field.slice(0, field.indexOf("=") + 1);
      const shownName = text(name);
      const shown = namesIn(name).some(hides) ? place(value) : text(value);
      if (shownName !== name) return String(new URLSearchParams([[shownName, shown]]));
      return shown === value ? field : `${written}${String(new URLSearchParams([["", shown]])).slice(1)}`;
    })
    .join("&");
}

/** `filter[iban]` and `account.iban` are an `iban` too. */
function namesIn(name: string): readonly string[] {
  return [name, ...name.split(/[^\p{L}\p{N}_$-]+/u)];
}

/** A path that was written from a template, which is its end: a base URL may have a path of its own. */
export function maskedPath(path: string, template: string, { hides, place, text }: Parts): string {
  const parts = template.split("/");
  const segments = path.split("/");
  const offset = segments.length - parts.length;
  return segments
    .map((segment, at) => {
      const plain = decoded(segment);
      const named = [...(parts[at - offset] ?? "").matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
      const shown = named.some(hides) ? place(plain) : text(plain);
      return shown === plain ? segment : encodeURIComponent(shown);
    })
    .join("/");
}

/** The links in a text, which may be one: `Link` and `Location` are, and strings of JSON. */
export function maskedLinks(text: string, template: string, parts: Parts): string {
  return text
    .replace(/[^\s<>"?#]+/g, (one) => (leadsTo(one, template) ? maskedPath(one, template, parts) : one))
    .replace(/(\/\/)([^\s<>"?#/@]+)@/g, (_, before: string, user: string) => {
      return `${before}${encodeURIComponent(parts.place(user))}@`;
    })
    .replace(
      // Queries, fragments (RFC 6749, 4.2.2), forms, and parameters of a path segment (RFC 3986, 3.3).
      /(^(?=[\w.[\]-]+=)|[?#&])([^\s<>"#]+)|;([^\s<>"#?/]+)/g,
      (_, before: string | undefined, search: string | undefined, parameter: string) =>
        search === undefined ? `;${maskedQuery(parameter, parts)}` : `${before ?? ""}${maskedQuery(search, parts)}`,
    );
}

/** Whether a URL or a path may be of a template. */
function leadsTo(url: string, template: string): boolean {
  if (!/^(?:[a-z][a-z\d+.-]*:\/)?\//i.test(url)) return false;
  const segments = url.split("/");
  const [, ...parts] = template.split("/");
  const offset = segments.length - parts.length;
  return offset > 0 && parts.every((part, at) => part.includes("{") || part === segments[offset + at]);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
