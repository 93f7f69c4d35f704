import { essenceOf } from "./codec.js";

/** A media type as it was received: lower case, its parameters apart (RFC 9110, 8.3.1). */
export interface MediaType {
  /** `type/subtype`. */
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const essenceForm = new RegExp(`^(${token}/${token})[ \\t]*(?:;|$)`);
// RFC 9110, 5.6.6: no white space around "=", and a quoted string may hold what a token may not.
const parameterForm = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${token})=(?:(${token})|"((?:[^"\\\\\\x00-\\x08\\x0a-\\x1f\\x7f]|\\\\[\\t -~])*)"))?`,
  "y",
);

/**
 * Reads a media type by the grammar and nothing besides: a tab inside, trailing text or a repeated parameter make it
 * unreadable (R30), because a parser that shrugs is how a body gets past validation.
 */
export function parseMediaType(text: string): MediaType | undefined {
  const essence = essenceForm.exec(text)?.[1];
  if (essence === undefined) return undefined;
  const parameters = new Map<string, string>();
  let at = essence.length;
  while (at < text.length) {
    parameterForm.lastIndex = at;
    const match = parameterForm.exec(text);
    if (match === null) return undefined;
    const name = match[1]?.toLowerCase();
    if (name !== undefined) {
      if (parameters.has(name)) return undefined;
      parameters.set(name, match[2] ?? (match[3] ?? "").replace(/\\(.)/g, "$1"));
    }
    at = parameterForm.lastIndex;
  }
  return { essence: essence.toLowerCase(), parameters };
}

/** The first of the declared media types or ranges that a received type falls under, the exact one before a range. */
export function matchMedia(declared: readonly string[], essence: string): string | undefined {
  const family = `${essence.slice(0, essence.indexOf("/"))}/*`;
  const find = (wanted: string) => declared.find((one) => essenceOf(one) === wanted);
  return find(essence) ?? find(family) ?? find("*/*");
}

/** Whether the octets are UTF-8 as far as the sender says: everything else is refused, not guessed (RFC 8259, 8.1). */
export function isUtf8(media: MediaType): boolean {
  const charset = media.parameters.get("charset");
  return charset === undefined || charset.toLowerCase() === "utf-8";
}
