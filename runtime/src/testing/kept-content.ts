import { codecOf, essenceOf } from "../http/codec.js";
import { looksLikeJson, type Mask } from "./masked.js";
import type { Exchange } from "./recording.js";

/** Content of an answer, as a file keeps it. */
export function keptContent(
  octets: Uint8Array,
  type: string,
  mask: Mask,
): Pick<Exchange["answer"], "body" | "isBase64"> {
  const text = readable(octets, type, mask);
  return text === undefined ? { body: toBase64(octets), isBase64: true } : { body: mask.content(text, type) };
}

/** Content as it is played. */
export function octetsOf(body: string, isBase64: boolean): Uint8Array {
  return isBase64 ? fromBase64(body) : new TextEncoder().encode(body);
}

/** Content as text, unless it is octets that nobody says to be text: what cannot be read to its end is masked all the same. */
function readable(octets: Uint8Array, type: string, { hidesAll }: Mask): string | undefined {
  const loose = new TextDecoder().decode(octets);
  const isText = type.trim() === "" || codecOf(essenceOf(type)) !== "octets" || looksLikeJson(loose);
  return hidesAll || isText ? loose : decoded(octets);
}

function decoded(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    return undefined;
  }
}

function toBase64(octets: Uint8Array): string {
  return btoa(Array.from(octets, (one) => String.fromCharCode(one)).join(""));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}
