import type { SchemaResult, StandardSchema } from "../contract.js";
import { isThenable } from "../guard.js";
import { type Definition, definitionOf } from "./definition.js";

/** What a schema answers, at once or later. */
export type Checked = SchemaResult | Promise<SchemaResult>;

/** What a schema makes of a value that plainly fits; `unsure` for every other value. */
type Reader = (value: unknown) => unknown;

const unsure: unique symbol = Symbol("unsure");

/**
 * How values are held to a schema. Zod makes a payload and a list of faults for each member, and most values have no fault. So a value
 * that plainly fits is read by what the definition of the schema says; all others the schema judges, which alone refuses, and says why.
 */
export function checkerOf(schema: StandardSchema): (value: unknown) => Checked {
  let read: Reader | undefined;
  return (value) => {
    // Not at the start: of a thousand schemas few may ever be asked.
    read ??= compile(schema) ?? doubt;
    const kept = read(value);
    return kept === unsure ? schema["~standard"].validate(value) : { value: kept };
  };
}

function doubt(): typeof unsure {
  return unsure;
}

const compilers: Readonly<Record<string, (definition: Definition) => Reader | undefined>> = {
  string: textReader,
  number: numberReader,
  boolean: () => (value) => (typeof value === "boolean" ? value : unsure),
  enum: ({ words }) => oneOf(Object.values(words.entries as Members)),
  literal: ({ words }) => oneOf(words.values as readonly unknown[]),
  nullable: nullableReader,
  array: listReader,
  object: objectReader,
};

function compile(schema: unknown): Reader | undefined {
  const definition = definitionOf(schema);
  return definition === undefined ? undefined : compilers[definition.type]?.(definition);
}

/** Made once for each schema. */
const readers = new WeakMap<object, Reader>();

function readerOf(part: unknown): Reader {
  const schema = part as StandardSchema;
  const known = readers.get(schema);
  if (known !== undefined) return known;
  // What is not known, the schema of that place says; and where a schema stands in itself, it says it too.
  const ask = asking(schema);
  readers.set(schema, ask);
  const reader = compile(schema) ?? ask;
  readers.set(schema, reader);
  return reader;
}

function asking(schema: StandardSchema): Reader {
  return (value) => {
    const result = schema["~standard"].validate(value);
    if (!isThenable(result)) return result.issues === undefined ? result.value : unsure;
    // The whole schema will wait for it again, and hear what becomes of it.
    result.then(undefined, () => undefined);
    return unsure;
  };
}

type Check = Definition["checks"][number];

/** The strictest of the bounds of one kind. */
function boundOf(
  checks: readonly Check[],
  kind: string,
  word: string,
  strictest: (...all: number[]) => number,
): number {
  return strictest(...checks.flatMap((one) => (one.check === kind ? [one[word] as number] : [])));
}

function textReader({ checks }: Definition): Reader {
  const least = boundOf(checks, "min_length", "minimum", Math.max);
  const most = boundOf(checks, "max_length", "maximum", Math.min);
  const patterns = checks.flatMap((one) => (one.check === "string_format" ? [one.pattern as RegExp] : []));
  const [pattern, ...more] = patterns;
  const isFit = (text: string) => text.length <= most && hasAtLeast(text, least) && (pattern?.test(text) ?? true);
  const fits = more.length === 0 ? isFit : (text: string) => isFit(text) && more.every((one) => one.test(text));
  return (value) => (typeof value === "string" && fits(value) ? value : unsure);
}

/** Code points count, of which a text has at most as many as it has units, and at least half as many. */
function hasAtLeast(text: string, least: number): boolean {
  return text.length >= 2 * least || (text.length >= least && [...text].length >= least);
}

function numberReader({ checks }: Definition): Reader | undefined {
  const isInteger = checks.some(({ check }) => check === "number_format");
  const bounds = checks.filter(({ check }) => check !== "number_format");
  if (!bounds.every(({ value, inclusive }) => typeof value === "number" && inclusive === true)) return undefined;
  const least = boundOf(bounds, "greater_than", "value", Math.max);
  const most = boundOf(bounds, "less_than", "value", Math.min);
  const isNumber = isInteger ? Number.isSafeInteger : Number.isFinite;
  return (value) => (typeof value === "number" && isNumber(value) && value >= least && value <= most ? value : unsure);
}

function oneOf(values: readonly unknown[]): Reader | undefined {
  const all = new Set(values);
  // An enumeration of TypeScript has its numbers twice.
  return values.every((one) => typeof one === "string") ? (value) => (all.has(value) ? value : unsure) : undefined;
}

function nullableReader({ words }: Definition): Reader {
  const read = readerOf(words.innerType);
  return (value) => (value === null ? null : read(value));
}

function listReader({ checks, words }: Definition): Reader | undefined {
  const least = boundOf(checks, "min_length", "minimum", Math.max);
  const most = boundOf(checks, "max_length", "maximum", Math.min);
  const read = readerOf(words.element);
  return (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return unsure;
    const made: unknown[] = [];
    for (let at = 0; at < value.length; at++) {
      const kept = read(value[at]);
      if (kept === unsure) return unsure;
      made.push(kept);
    }
    return made;
  };
}

type Members = Readonly<Record<string, unknown>>;

interface Member {
  readonly name: string;
  readonly read: Reader;
  readonly mayLack: boolean;
}

function objectReader({ words }: Definition): Reader | undefined {
  const { shape, catchall } = words;
  const isStrict = catchall !== undefined;
  const names = new Set(Object.keys(shape as Members));
  if (isStrict && definitionOf(catchall)?.type !== "never") return undefined;
  if (names.has("__proto__") || Object.getOwnPropertySymbols(shape).length > 0) return undefined;
  const members = Object.entries(shape as Members).map(([name, part]) => memberOf(name, part));
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return unsure;
    if (isStrict) for (const name in value) if (!names.has(name)) return unsure;
    return membersOf(value as Members, members);
  };
}

function membersOf(value: Members, members: readonly Member[]): unknown {
  const made: Record<string, unknown> = {};
  for (const { name, read, mayLack } of members) {
    const member = value[name];
    if (member === undefined && mayLack && !(name in value)) continue;
    const kept = member === undefined ? unsure : read(member);
    if (kept === unsure || kept === undefined) return unsure;
    made[name] = kept;
  }
  return made;
}

/** A member that may be missing, and that nothing stands in for then. */
function memberOf(name: string, part: unknown): Member {
  const definition = definitionOf(part);
  if (definition?.type !== "optional" || !isPlain(definition.words.innerType))
    return { name, read: readerOf(part), mayLack: false };
  return { name, read: readerOf(definition.words.innerType), mayLack: true };
}

function isPlain(part: unknown): boolean {
  const definition = definitionOf(part);
  return definition?.type === "nullable"
    ? isPlain(definition.words.innerType)
    : definition !== undefined && definition.type !== "optional";
}
