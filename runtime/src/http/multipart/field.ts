import type { PartInfo } from "multipasta";
import type { Kind } from "../../policy/index.js";
import type { ProblemDetail } from "../../problem/problem.js";
import { Refusal } from "../../problem/refusal.js";
import { badRequest } from "../../problem/refusals.js";
import { codecOf, essenceOf } from "../codec.js";
import { matchMedia, parseMediaType } from "../media.js";
import { isJsonKind, readScalar, Unreadable } from "../scalar.js";
import type { TextBounds } from "../text-bounds.js";
import type { Event } from "./events.js";

/** A part that has come whole. */
export type Field = Extract<Event, { kind: "field" }>;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What the text of a part stands for.
 * @param name what faults call it.
 * @throws Refusal
 */
export function readField({ info, octets }: Field, name: string, kind: Kind, bounds: TextBounds): unknown {
  // RFC 7578, 4.4: text/plain where a part does not say. What is said is read strictly, as for a body (R30).
  const media = parseMediaType(headerOf(info, "content-type", name) ?? "text/plain");
  const charset = media?.parameters.get("charset")?.toLowerCase() ?? "utf-8";
  const codec = media === undefined ? undefined : codecOf(media.essence);
  const isJson = isJsonKind(kind);
  if (charset !== "utf-8" || (codec !== "text" && !(codec === "json" && isJson))) throw otherType(name);
  try {
    return readScalar(kind, utf8.decode(octets), bounds.depth, bounds);
  } catch (thrown) {
    throw fault(name, thrown instanceof Unreadable ? thrown.message : "The text is not UTF-8.");
  }
}

/** The octets of a part, if they are of one of the types. */
export function readOctets({ info, octets }: Field, name: string, types: readonly string[]): Uint8Array {
  if (mediaTypeOf(info, name, types) === undefined) throw otherType(name);
  return octets;
}

/** The media type that a part says it is; `undefined` where it is none of those that it may be. */
export function mediaTypeOf(info: PartInfo, name: string, types: readonly string[]): string | undefined {
  const said = headerOf(info, "content-type", name);
  // RFC 7578, 4.4: what a file is that does not say, nobody knows.
  const type = said === undefined ? "application/octet-stream" : parseMediaType(said)?.essence;
  if (type === undefined || types.length === 0) return type;
  return matchMedia(types.map(essenceOf), type) === undefined ? undefined : type;
}

function headerOf({ headers }: PartInfo, name: string, part: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (Array.isArray(value)) throw fault(part, `The header ${name} stands more than once.`);
  return value;
}

function otherType(name: string): Refusal {
  return fault(name, "The part has another media type than its schema says.", 415);
}

/** What is wrong with a part. */
export function fault(name: string, detail: string, status = 400): Refusal {
  const errors = [detailOf(name, detail)];
  if (status === 400) return badRequest("The body cannot be read.", errors);
  return new Refusal("unsupported_media_type", { status, title: "The media type is not supported", errors });
}

/** Where a part stands, and what is wrong with it. */
export function detailOf(name: string, detail: string): ProblemDetail {
  return {
    in: "body",
    pointer: `#/${encodeURIComponent(
      name
        .slice(0, 100)
        .replace(/\p{Surrogate}/gu, "?")
        .replaceAll("~", "~0")
        .replaceAll("/", "~1"),
    )}`,
    detail,
  };
}
