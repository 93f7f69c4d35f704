import type { PartInfo } from "multipasta";
import type { Part } from "../../policy/index.js";
import { badRequest, invalidInput, unsupportedMediaType } from "../../problem/refusals.js";
import { itemKind } from "../scalar.js";
import { streamOf } from "../streams.js";
import type { IncomingFile, Multipart, PartBounds } from "./contract.js";
import { malformed, openParts, type Source } from "./events.js";
import { detailOf, fault, mediaTypeOf, readField } from "./field.js";
import { readStyled, styledOf, type Text } from "./styled.js";

/**
 * Reads a multipart body (RFC 7578, RFC 2046): its fields, up to the first file; then file by file, as they are asked for.
 * Nothing of a file is kept, so fields come before files: one that comes later is 400.
 * @throws Refusal
 */
export async function readParts(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
  parts: readonly Part[],
  bounds: PartBounds,
): Promise<Multipart<unknown, string>> {
  const files = new Set(parts.filter((part) => part.file !== undefined).map((part) => part.name));
  const source = openParts(chunks, boundary, files, bounds);
  return { fields: await readFields(source, parts, bounds), files: readFiles(source, parts) };
}

async function readFields(source: Source, parts: readonly Part[], bounds: PartBounds): Promise<unknown> {
  const byName = new Map(parts.filter((part) => part.style === undefined).map((part) => [part.name, part]));
  const styled = styledOf(parts);
  const texts: Text[] = [];
  const fields: Record<string, unknown> = Object.create(null);
  for (let event = await source.next(); event !== undefined; event = await source.next()) {
    if (event.kind !== "field") {
      source.unread(event);
      break;
    }
    const { name } = event.info;
    // The one name that validators look away from (R32).
    if (name === "__proto__" || name === "") throw malformed("A part has no name, or none that is allowed.");
    const { kind = "string" } = byName.get(name) ?? {};
    const item = itemKind(kind);
    const value = readField(event, name, item ?? kind, bounds);
    const before = fields[name];
    if (styled.length > 0 && !byName.has(name)) texts.push([name, String(value)]);
    else if (item !== undefined) fields[name] = Array.isArray(before) ? [...before, value] : [value];
    else if (name in fields) throw fault(name, "The part stands more than once.");
    else fields[name] = value;
  }
  if (texts.length === 0) return fields;
  const reading = readStyled(styled, texts);
  if ("faults" in reading)
    throw badRequest(
      "The body cannot be read.",
      reading.faults.map((one) => ({ ...one, in: "body" as const })),
    );
  return Object.assign(fields, reading.value);
}

async function* readFiles(source: Source, parts: readonly Part[]): AsyncGenerator<IncomingFile, void> {
  const seen = new Set<string>();
  for (let event = await source.next(); event !== undefined; event = await source.next()) {
    if (event.kind === "field") throw fault(event.info.name, "Fields come before files.");
    if (event.kind !== "file") continue; // The rest of a file that nobody read.
    const { info } = event;
    const part = parts.find((one) => one.name === info.name);
    if (seen.has(info.name) && part?.many !== true) throw fault(info.name, "The part stands more than once.");
    seen.add(info.name);
    yield fileOf(info, part, source);
  }
  const missing = parts.filter((part) => part.file !== undefined && part.required === true && !seen.has(part.name));
  if (missing.length > 0) throw invalidInput(missing.map(({ name }) => detailOf(name, "Required.")));
}

function fileOf(info: PartInfo, part: Part | undefined, source: Source): IncomingFile {
  const types = part?.file ?? [];
  const type = mediaTypeOf(info, info.name, types);
  if (type === undefined) throw unsupportedMediaType(types);
  return {
    name: info.name,
    filename: info.filename,
    type,
    headers: headersOf(info),
    stream: streamOf(octetsOf(source)),
  };
}

async function* octetsOf(source: Source): AsyncGenerator<Uint8Array, void> {
  for (let event = await source.next(); event !== undefined; event = await source.next()) {
    if (event.kind === "chunk") yield event.octets;
    else {
      if (event.kind !== "end") source.unread(event);
      return;
    }
  }
}

function headersOf({ headers }: PartInfo): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
