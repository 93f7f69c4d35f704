import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Find, mutated, valuesOf, type Written } from "./values.js";
import { encode, pair, textOf } from "./wording.js";

/** What a request carries, and what it says that is. */
export interface Body {
  readonly type: string | undefined;
  readonly octets: Buffer;
}

/** No body at all. */
export const nobody: Body = { type: undefined, octets: Buffer.alloc(0) };

/** Bodies of a media type: fitting, or with a wrong value, another type, or octets in a wrong encoding. */
export function bodiesOf(media: string, schema: Written, find: Find): fc.Arbitrary<Body> {
  const fitting = valuesOf(schema, find);
  const values = fc.oneof(fitting, mutated(fitting));
  const said = media.startsWith("multipart/") ? `${media}; boundary=b` : media;
  const type = fc.oneof({ weight: 9, arbitrary: fc.constant<string | undefined>(said) }, strangeType);
  return fc
    .tuple(type, octetsOf(media, values), fc.oneof({ weight: 6, arbitrary: fc.constant(same) }, spoiled))
    .map(([one, content, spoil]) => ({ type: one, octets: spoil(content) }));
}

function octetsOf(media: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  if (media.startsWith("multipart/")) return values.map((value) => multipart(value, media));
  if (media.endsWith("urlencoded")) return values.map((value) => Buffer.from(form(value)));
  if (media.endsWith("jsonl"))
    return fc.array(values, { maxLength: 4 }).map((all) => Buffer.from(all.map((one) => `${json(one)}\n`).join("")));
  if (media.endsWith("json")) return values.map((value) => Buffer.from(json(value)));
  return fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all));
}

const strangeType = fc.constantFrom<string | undefined>(
  undefined,
  "application/json\ta",
  "application/json; charset=utf-16",
  'application/json; charset="utf-8"; charset=utf-7',
  "APPLICATION/JSON",
  "application/problem+json",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "multipart/form-data; boundary=",
  `multipart/form-data; boundary=${"x".repeat(300)}`,
  "text/plain; charset=latin1",
  "*/*",
  ";",
);

type Spoil = (octets: Buffer) => Buffer;
const same: Spoil = (octets) => octets;
/** Wrong encodings, and octets that were lost, added or changed on the way. */
const spoiled: fc.Arbitrary<Spoil> = fc.oneof(
  fc.constantFrom<Spoil>(
    (octets) => Buffer.from(octets.toString("utf8"), "utf16le"),
    (octets) => Buffer.from(octets.toString("utf8"), "latin1"),
    (octets) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), octets]),
    (octets) => Buffer.concat([octets, Buffer.from([0xff, 0xfe, 0])]),
    (octets) => gzipSync(octets),
    (octets) => deflateSync(octets).subarray(0, 10),
    () => gzipSync(Buffer.alloc(100_000)),
    (octets) => Buffer.concat([octets, octets]),
  ),
  fc.nat(100).map(
    (at): Spoil =>
      (octets) =>
        octets.subarray(0, at),
  ),
  fc.tuple(fc.nat(200), fc.nat(255)).map(
    ([at, by]): Spoil =>
      (octets) => {
        const copy = Buffer.from(octets);
        if (copy.length > 0) copy[at % copy.length] = by;
        return copy;
      },
  ),
);

function json(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}

function form(value: unknown): string {
  if (typeof value !== "object" || value === null) return textOf(value);
  return Object.entries(value)
    .map(([name, one]) => pair(name, one))
    .join("&");
}

function multipart(value: unknown, media: string): Buffer {
  const parts = media.endsWith("mixed") ? mixedParts(value) : namedParts(value);
  return Buffer.from(`${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`);
}

function mixedParts(value: unknown): readonly string[] {
  const parts = Array.isArray(value) ? value : [value, value];
  return parts.map((one) => `Content-Type: application/json\r\n\r\n${json(one)}`);
}

function namedParts(value: unknown): readonly string[] {
  const parts = typeof value === "object" && value !== null ? Object.entries(value) : [["a", value] as const];
  return parts.map(([name, one]) => {
    const file = name === "photo" ? '; filename="a.png"\r\nContent-Type: image/png' : "";
    return `Content-Disposition: form-data; name="${encode(name)}"${file}\r\n\r\n${textOf(one)}`;
  });
}
