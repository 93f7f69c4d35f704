/** A schema of zod, or a check of one, as zod describes it to libraries: `_zod.def`. */
export interface Definition {
  readonly type: string;
  /** What is checked beside the type: what the schema is itself, as formats are, and what was added. */
  readonly checks: readonly Readonly<Record<string, unknown>>[];
  /** The words that only this type has. */
  readonly words: Readonly<Record<string, unknown>>;
}

/** All that may stand in a definition that is known. With another word in it, it may mean something else: then it is not known. */
const types: Readonly<Record<string, readonly string[]>> = {
  string: ["checks"],
  number: ["checks"],
  boolean: [],
  enum: ["entries"],
  literal: ["values"],
  nullable: ["innerType"],
  optional: ["innerType"],
  array: ["element", "checks"],
  object: ["shape", "catchall"],
  never: [],
};

/** `when` can only take a check away, and `abort` only what is complained of. */
const checks: Readonly<Record<string, readonly string[]>> = {
  min_length: ["minimum", "when", "abort"],
  max_length: ["maximum", "when", "abort"],
  greater_than: ["value", "inclusive", "abort"],
  less_than: ["value", "inclusive", "abort"],
  number_format: ["format", "abort"],
  string_format: ["format", "pattern", "abort"],
};

/** Formats that are a pattern and nothing else. */
const patterned: ReadonlySet<unknown> = new Set(["regex", "guid", "uuid", "date"]);

/** The definition of a schema, where every word of it is known. */
export function definitionOf(schema: unknown): Definition | undefined {
  const words = rawOf(schema);
  const type = words?.type;
  if (words === undefined || typeof type !== "string" || !Object.hasOwn(types, type)) return undefined;
  // A format is a schema and a check in one.
  const own = words.check === undefined ? [] : (checks[String(words.check)] ?? []);
  if (!isWithin(words, ["type", "check", ...own, ...(types[type] ?? [])])) return undefined;
  const added = Array.isArray(words.checks) ? words.checks.map(rawOf) : [];
  const all = words.check === undefined ? added : [words, ...added];
  const isKnown = (one: Raw | undefined): one is Raw => one !== undefined && isKnownCheck(one, one === words);
  return all.every(isKnown) ? { type, checks: all, words } : undefined;
}

type Raw = Readonly<Record<string, unknown>>;

function rawOf(schema: unknown): Raw | undefined {
  return (schema as { readonly _zod?: { readonly def?: Raw } } | undefined)?._zod?.def;
}

function isKnownCheck(words: Raw, isSchema: boolean): boolean {
  const check = String(words.check);
  if (!Object.hasOwn(checks, check)) return false;
  if (check === "number_format" && words.format !== "safeint") return false;
  if (check === "string_format" && !(patterned.has(words.format) && isPlainPattern(words.pattern))) return false;
  return isSchema || isWithin(words, ["check", ...(checks[check] ?? [])]);
}

/** One that remembers where it stopped answers differently the next time. */
function isPlainPattern(pattern: unknown): boolean {
  return pattern instanceof RegExp && !pattern.global && !pattern.sticky;
}

function isWithin(words: Raw, known: readonly string[]): boolean {
  return Object.keys(words).every((word) => words[word] === undefined || known.includes(word));
}
