import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import * as z from "zod";

const matching = (pattern: RegExp, wanted: string) => z.string(wanted).regex(pattern, wanted);

/** `250ms` `30s` `15m` `1h` `7d` */
export const duration = matching(/^\d+(\.\d+)?(ms|s|m|h|d)$/, "a duration is wanted, like 30s, 15m or 1h");

/** A duration that is not nothing: a window of no length counts nothing. */
export const span = duration.regex(/[1-9]/, "a duration longer than nothing is wanted");

/** `512B` `64KiB` `1MiB` */
export const size = matching(/^\d+(\.\d+)?(B|KiB|MiB|GiB)$/, "a size is wanted, like 64KiB or 1MiB");

/** RFC 3339: a date, or a date and time with an offset; and one that there is. */
export const date = matching(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d))?$/,
  "a date of RFC 3339 is wanted, like 2027-01-31",
).refine(isDay, "there is no such day");

function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  // Date rolls 31 February over into March.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** A name of a role, a limit or a policy. */
export const name = matching(/^[A-Za-z_][\w.:-]*$/, "a name is wanted: a letter, then letters, digits, . _ : or -");

/** A version of the API: it stands in paths, headers and media types as it is. */
export const versionName = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "a version is wanted, like v2 or 2026-01-31");

/** Words that stand where a role may, and mean something else. */
const reserved = ["authenticated", "deny", "none", "owner", "public"];

/** A name of a role that may be defined. */
export const roleName = name.regex(
  new RegExp(`^(?!(?:${reserved.join("|")})$)`),
  `${reserved.join(", ")} are words of the vocabulary: the role needs another name`,
);

/** An address, or a range of them (RFC 4632, 3.1). */
export const addresses = matching(
  /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/,
  "an address is wanted, or a range like 10.0.0.0/8",
).refine((text) => isIP(text) !== 0 || isRange(text), "an address is wanted, or a range like 10.0.0.0/8");

function isRange(text: string): boolean {
  const [start = "", bits = ""] = text.split("/");
  const isMapped = /^::ffff:/i.test(start);
  return isIP(start) !== 0 && !isMapped && /^\d{1,3}$/.test(bits) && ipaddr.isValidCIDR(text);
}

/** A count of something, 1 or more. */
export const count = z.int("a whole number is wanted").min(1, "1 or more is wanted");

/** RFC 7518, 3.1, RFC 8037, RFC 9864. `none` and `HS…` are refused as well, by a rule of their own that says why (SP209). */
export const algorithm = matching(
  /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519|[Hh][Ss].*|[Nn][Oo][Nn][Ee])$/,
  "an algorithm is wanted: ES256, ES384, ES512, PS256, PS384, PS512, EdDSA, Ed25519, RS256, RS384 or RS512",
);

/** A URL, or `env:NAME` for one that the server's environment supplies. */
export const urlSetting = matching(/^(env:[A-Za-z_]\w*|https?:\/\/\S+)$/, "a URL or env:NAME is wanted");

/** A value, or `env:NAME`. */
export const setting = z.string("a text or env:NAME is wanted").min(1, "a text or env:NAME is wanted");

/** RFC 6901. */
export const pointer = matching(/^(\/([^~/]|~[01])*)*$/, "a JSON pointer is wanted, like /amount");

/** A parameter of the operation. */
export const parameter = matching(/^(path|query|header):.+$/s, "path:NAME, query:NAME or header:NAME is wanted");

/** SPKI pins: one alone leaves no way out when the key must be replaced (RFC 7469, 4.3). */
export const pins = z
  .array(matching(/^sha256\/[A-Za-z0-9+/]{43}=$/, "a pin is wanted: sha256/ and 44 characters of base64"))
  .min(2, "two pins at least are wanted: the current key, and a backup")
  .refine((all) => new Set(all).size > 1, "two different pins are wanted: the same key twice is no backup");
