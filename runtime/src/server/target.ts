/** A request target (RFC 9112, 3.2), cut in two. Nothing is decoded. */
export interface Target {
  readonly path: string;
  /** Without its question mark; empty where there is none. */
  readonly query: string;
}

// RFC 9112, 3.2.2: a server accepts the absolute form. User information in it is an error (RFC 9110, 4.2.4).
const absoluteForm = /^https?:\/\/[^/?#@]+([/?].*)?$/i;

/**
 * Reads a request target: origin form, or absolute form, of which the path is taken. Asterisk form, authority form and all else
 * name no resource of ours.
 */
export function readTarget(target: string): Target | undefined {
  const local = target.startsWith("/") ? target : absolute(target);
  // RFC 3986, 2: a URI is ASCII, and what else there is would have to be guessed at. RFC 9112, 3.2: it has no fragment.
  if (local === undefined || !/^[\x21\x22\x24-\x7e]*$/.test(local)) return undefined;
  const cut = local.indexOf("?");
  return cut < 0 ? { path: local, query: "" } : { path: local.slice(0, cut), query: local.slice(cut + 1) };
}

function absolute(target: string): string | undefined {
  const match = absoluteForm.exec(target);
  if (match === null) return undefined;
  const rest = match[1] ?? "/";
  return rest.startsWith("?") ? `/${rest}` : rest;
}
