import { isListed } from "./algorithms.js";
import type { TokenRules } from "./jwt-rules.js";

/** The protected header of a token, as far as it is used. Keys and addresses of keys in it are never looked at (R17). */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
  /** Whether `typ` says that this is an access token. */
  readonly access: boolean;
}

// RFC 8725bis: a token has no other characters, so nothing that is also JSON, or anything else, is read as one.
const compact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const longest = 16_384;
const longestKid = 256;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Judges the header of a compact JWS before any key is sought.
 * @returns what is wrong with it, for the log.
 */
export function readHeader(token: string, rules: Pick<TokenRules, "algorithms" | "typ">): TokenHeader | string {
  if (token.length > longest) return "the token is too long";
  // Five parts are a JWE, and an empty third part is `none` (R16, R21).
  if (!compact.test(token)) return "the token is not a compact JWS";
  const header = parse(token.slice(0, token.indexOf(".")));
  if (header === undefined) return "the header is not a JSON object";
  const { alg, kid, typ } = header;
  // RFC 8725, 3.1: compared as it stands; `nOnE` and ["RS256"] are on no list.
  if (typeof alg !== "string" || !isListed(alg, rules.algorithms)) return "the algorithm is not allowed";
  // RFC 7515, 4.1.11: an extension that is not understood and critical. None is understood.
  if (Object.hasOwn(header, "crit")) return "the header has critical extensions";
  if (kid !== undefined && !isKid(kid)) return "the kid is not a short string";
  const access = isAccessType(typ);
  if (rules.typ === "at+jwt" && !access) return "typ is not at+jwt";
  if (rules.typ === "ifPresent" && typ !== undefined && !access) return "typ is not at+jwt";
  return { alg, kid, access };
}

function isKid(kid: unknown): kid is string {
  return typeof kid === "string" && kid.length > 0 && kid.length <= longestKid;
}

/** RFC 9068, 4 and RFC 7515, 4.1.9: media types are compared without regard to case, `application/` may be left out. */
function isAccessType(typ: unknown): boolean {
  return typeof typ === "string" && /^(?:application\/)?at\+jwt$/i.test(typ);
}

interface HeaderJson {
  readonly alg?: unknown;
  readonly kid?: string | undefined;
  readonly typ?: unknown;
}

function parse(part: string): HeaderJson | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(part, "base64url")));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
