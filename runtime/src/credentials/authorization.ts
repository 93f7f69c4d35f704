import type { Exchange } from "../http/exchange.js";
import type { Refusal } from "../problem/refusal.js";
import { invalidRequest } from "../problem/refusals.js";

/** What follows the scheme's name in `Authorization`; `undefined` where there is no credential of this scheme. */
export type AuthorizationCredential = { readonly text: string } | { readonly refusal: Refusal } | undefined;

/**
 * Reads the credential of one authentication scheme (RFC 9110, 11.6.2). The name is compared without regard to case.
 * Two Authorization lines are refused whatever they hold: which of them counts would be a guess (RFC 9110, 5.3).
 */
export function readAuthorization(exchange: Exchange, scheme: string): AuthorizationCredential {
  const lines = exchange.headers.all("authorization");
  if (lines.length > 1) return { refusal: invalidRequest("There is more than one Authorization header.") };
  const [line] = lines;
  if (line === undefined) return undefined;
  const space = line.indexOf(" ");
  const name = space === -1 ? line : line.slice(0, space);
  if (name.toLowerCase() !== scheme) return undefined;
  if (space === -1) return { text: "" };
  let start = space;
  while (line[start] === " ") start += 1;
  return { text: line.slice(start) };
}
