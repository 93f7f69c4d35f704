import type { Diagnostic } from "../code/diagnostic.js";
import type { SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import type { SourceLimits } from "./limits.js";
import type { Positions, SourceFile } from "./positions.js";

class Malformed extends Error {
  constructor(
    readonly diagnostic: Diagnostic,
    message = diagnostic.message,
  ) {
    super(message);
  }
}

/** Where the reader stands. */
interface Cursor {
  readonly file: SourceFile;
  readonly positions: Positions;
  readonly limits: SourceLimits;
  readonly faults: Diagnostic[];
  at: number;
}

const space = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259, 7 refuses them in strings.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Reads JSON (RFC 8259) and remembers where each value stands. `JSON.parse` forgets that, and lets duplicate names through; a YAML
 * reader takes seconds for the largest descriptions.
 */
export function parseJson(
  file: SourceFile,
  positions: Positions,
  limits: SourceLimits,
): { readonly value: SpecValue | undefined; readonly faults: readonly Diagnostic[] } {
  const cursor: Cursor = { file, positions, limits, faults: [], at: file.text.charCodeAt(0) === 0xfeff ? 1 : 0 };
  try {
    const value = readValue(cursor, 0);
    skip(cursor, space);
    if (cursor.at < file.text.length) throw unexpected(cursor);
    return { value, faults: cursor.faults };
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    return { value: undefined, faults: [...cursor.faults, thrown.diagnostic] };
  }
}

function readValue(cursor: Cursor, depth: number): SpecValue {
  skip(cursor, space);
  const { text } = cursor.file;
  const first = text[cursor.at];
  if (first === "{" || first === "[") {
    if (depth >= cursor.limits.depth) throw tooDeep(cursor);
    return first === "{" ? readObject(cursor, depth) : readList(cursor, depth);
  }
  const scalar = first === '"' ? take(cursor, string) : take(cursor, word);
  if (scalar === undefined || scalar === "") throw unexpected(cursor);
  return JSON.parse(scalar) as SpecValue;
}

function readObject(cursor: Cursor, depth: number): SpecValue {
  const from = cursor.at;
  const object: Record<string, SpecValue> = Object.create(null);
  const entries = new Map<string, readonly [number, number, number, number]>();
  cursor.at += 1;
  skip(cursor, space);
  while (cursor.file.text[cursor.at] !== "}") {
    if (entries.size > 0) expect(cursor, ",");
    skip(cursor, space);
    const keyFrom = cursor.at;
    const quoted = take(cursor, string);
    if (quoted === undefined) throw unexpected(cursor);
    const keyTo = cursor.at;
    const key = JSON.parse(quoted) as string;
    skip(cursor, space);
    expect(cursor, ":");
    skip(cursor, space);
    const valueFrom = cursor.at;
    const value = readValue(cursor, depth + 1);
    if (entries.has(key)) cursor.faults.push(duplicate(cursor, key, keyFrom, keyTo));
    object[key] = value;
    entries.set(key, [keyFrom, keyTo, valueFrom, cursor.at]);
    skip(cursor, space);
  }
  cursor.at += 1;
  cursor.positions.record(object, { file: cursor.file, from, to: cursor.at, entries });
  return object;
}

function readList(cursor: Cursor, depth: number): SpecValue {
  const from = cursor.at;
  const list: SpecValue[] = [];
  const entries = new Map<string, readonly [number, number, number, number]>();
  cursor.at += 1;
  skip(cursor, space);
  while (cursor.file.text[cursor.at] !== "]") {
    if (list.length > 0) expect(cursor, ",");
    skip(cursor, space);
    const start = cursor.at;
    const value = readValue(cursor, depth + 1);
    entries.set(String(list.length), [start, cursor.at, start, cursor.at]);
    list.push(value);
    skip(cursor, space);
  }
  cursor.at += 1;
  cursor.positions.record(list, { file: cursor.file, from, to: cursor.at, entries });
  return list;
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.file.text);
  if (match === null) return undefined;
  cursor.at = pattern.lastIndex;
  return match[0];
}

function skip(cursor: Cursor, pattern: RegExp): void {
  take(cursor, pattern);
}

function expect(cursor: Cursor, character: string): void {
  if (cursor.file.text[cursor.at] !== character) throw unexpected(cursor, `"${character}"`);
  cursor.at += 1;
}

function unexpected(cursor: Cursor, wanted?: string): Malformed {
  const found = cursor.file.text[cursor.at];
  const what = found === undefined ? "The file ends too early" : `Unexpected ${JSON.stringify(found)}`;
  const at = cursor.positions.span(cursor.file, cursor.at, cursor.at + 1);
  return new Malformed(
    complaint("SP005", `${what}${wanted === undefined ? "" : `, ${wanted} was expected`}`, "Mend the JSON here.", at),
  );
}

function tooDeep(cursor: Cursor): Malformed {
  const at = cursor.positions.span(cursor.file, cursor.at, cursor.at + 1);
  const message = `Values nest deeper than ${cursor.limits.depth}`;
  return new Malformed(complaint("SP006", message, "Flatten the document: no description needs that.", at));
}

function duplicate(cursor: Cursor, key: string, from: number, to: number): Diagnostic {
  const at = cursor.positions.span(cursor.file, from, to);
  return complaint("SP007", `${JSON.stringify(key)} stands twice in this object`, "Remove one of the two.", at);
}
