import type { Part, PartList, Parts } from "../../policy/index.js";
import { essenceOf } from "../codec.js";
import { matchMedia } from "../media.js";

/** A file that comes as a part of a multipart body. It is read while it comes: before the next one, or not at all. */
export interface IncomingFile<Name extends string = string> {
  /** The name of the part. */
  readonly name: Name;
  /** What the sender calls the file: a text of the sender's, no path to write to. */
  readonly filename: string | undefined;
  /** The media type that the sender says. */
  readonly type: string;
  /** The header fields of the part, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its octets, bounded by `limits.file`: reading more throws a refusal. */
  readonly stream: ReadableStream<Uint8Array>;
}

/** A multipart body with files: its fields, validated; and the files, one after the other, as they come. */
export interface Multipart<Fields, Name extends string> {
  readonly fields: Fields;
  /** A required one that has not come by the end throws a refusal. */
  readonly files: AsyncIterable<IncomingFile<Name>>;
}

/** What a multipart body may weigh. */
export interface PartBounds {
  /** Octets of everything that is no file. */
  readonly body: number;
  readonly file: number;
  readonly parts: number;
  readonly depth: number;
  /** How many members an object, and how many items an array may have. */
  readonly keys: number;
  readonly items: number;
}

/** The parts of a body of a media type. */
export function partsOf(all: Parts | undefined, type: string): readonly Part[] | PartList {
  if (all === undefined) return [];
  const declared = Object.hasOwn(all, type) ? type : matchMedia(Object.keys(all), essenceOf(type));
  return (declared === undefined ? undefined : all[declared]) ?? [];
}

/** Whether the parts have no names, and are told apart by their place. */
export function isPartList(parts: readonly Part[] | PartList): parts is PartList {
  return !Array.isArray(parts);
}
