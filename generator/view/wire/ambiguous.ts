import type { Diagnostic, SourceSpan } from "../../code/diagnostic.js";
import type { Api, Operation } from "../../model/api.js";
import type { Assertions, Schema } from "../../model/schema.js";
import { namesProperty } from "../../patterns/regular-expression.js";
import { branchesOf, type Find, holds } from "./holds.js";

/**
 * Values of which nobody could say what code holds them as: one alternative calls a number int64, another does not. What stands on the wire
 * is the same number for both, so the codec would have to guess; generation stops instead.
 */
export function ambiguousValues({ schemas, operations }: Pick<Api, "schemas" | "operations">): readonly Diagnostic[] {
  const byName = new Map(schemas.map((one) => [one.name, one]));
  const find: Find = (name) => byName.get(name);
  const walk = walker(find);
  const reached = schemas.filter((one) => one.inRequests || one.inResponses);
  return [
    ...reached.flatMap(({ schema, at, key }) => complaints(walk([schema], ""), at, key)),
    ...operations.flatMap((one) => bodiesOf(one).flatMap((schema) => complaints(walk([schema], ""), one.at, one.id))),
  ];
}

function bodiesOf({ request, responses }: Operation): readonly Schema[] {
  const fields = [request.path, request.query, request.header, request.cookie, ...responses.map((one) => one.headers)];
  const media = [...(request.body?.media ?? []), ...responses.flatMap((one) => one.media)];
  return [...fields.flat(), ...media].map((one) => one.schema);
}

/** A place at which nobody could say what is held, and why not. */
interface Doubt {
  readonly place: string;
  readonly why: "ways" | "default";
}

const reasons: Readonly<Record<Doubt["why"], readonly [message: string, fix: string]>> = {
  ways: [
    "the schema says in one part that code holds the value as something else than it is on the wire, and in another that it does not",
    "Give the value the same type and format in every alternative and in every part of an allOf, or drop the option.",
  ],
  default: [
    "the default holds a value that code holds as something else than it is on the wire",
    "Give the members defaults of their own, or drop the option.",
  ],
};

function complaints(doubts: readonly Doubt[], at: SourceSpan, of: string): readonly Diagnostic[] {
  return doubts.map(({ place, why }) => {
    const [message, fix] = reasons[why];
    return { code: "SP412", severity: "error", message: `${of}${place}: ${message}.`, fix, at };
  });
}

/** Finds the places at which the schemas of one value disagree. Each set of schemas is looked at once. */
function walker(find: Find): (schemas: readonly Schema[], place: string) => readonly Doubt[] {
  const ids = new Map<Schema, number>();
  const done = new Set<string>();
  const idOf = (schema: Schema) => {
    const id = ids.get(schema) ?? ids.size;
    ids.set(schema, id);
    return id;
  };
  const walk = (schemas: readonly Schema[], place: string): readonly Doubt[] => {
    if (!schemas.some((one) => holds(one, find))) return [];
    const key = [...new Set(schemas.map(idOf))].sort((a, b) => a - b).join();
    if (done.has(key)) return [];
    done.add(key);
    const all = assertionsIn(schemas, find);
    return [
      ...doubtsOf(all).map((why) => ({ place, why })),
      ...below(all).flatMap(([step, parts]) => walk(parts, `${place}/${step}`)),
    ];
  };
  return walk;
}

/** Everything that is said of one value: what references, alternatives and conditions lead to. */
function assertionsIn(schemas: readonly Schema[], find: Find): readonly Assertions[] {
  const found: Assertions[] = [];
  const seen = new Set<string>();
  const open = [...schemas];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "ref" && !seen.has(next.name)) {
      seen.add(next.name);
      const target = find(next.name);
      if (target !== undefined) open.push(target.schema);
    }
    const said = next.kind === "assertions" ? next.assertions : next.kind === "ref" ? next.siblings : undefined;
    if (said === undefined) continue;
    found.push(said);
    open.push(...branchesOf(said), ...(said.not === undefined ? [] : [said.not]));
  }
  return found;
}

/** A number or a text is held in two ways; or a default is one of values that are held. */
function doubtsOf(all: readonly Assertions[]): readonly Doubt["why"][] {
  const isDoubtful = [waysOfNumbers(all), waysOfTexts(all)].some((ways) => ways.size > 1);
  return [...(isDoubtful ? (["ways"] as const) : []), ...(all.some(isDeepDefault) ? (["default"] as const) : [])];
}

function waysOfNumbers(all: readonly Assertions[]): ReadonlySet<string> {
  return new Set(all.flatMap((one) => one.number?.held ?? (allows(one, "number") ? ["number"] : [])));
}

/**
 * Digits are a text for code, so a text beside them is a second way. A date and a date-time are told apart by how they are spelt: only a
 * text of any kind is like either.
 */
function waysOfTexts(all: readonly Assertions[]): ReadonlySet<string> {
  const held = all.some((one) => one.number?.held === "digits" || one.string?.held !== undefined);
  const ways = all.flatMap((one) => {
    if (one.number?.held === "digits") return ["digits"];
    if (one.string?.held !== undefined) return ["moment"];
    return held && allows(one, "string") && one.string?.format !== "date" ? ["string"] : [];
  });
  return new Set(ways);
}

/** Whether assertions say of a kind of value that there may be such, and what it may be. */
function allows({ types, const: constant, enum: list, ...rules }: Assertions, kind: "number" | "string"): boolean {
  const listed = [...(constant === undefined ? [] : [constant.value]), ...(list ?? [])];
  if (listed.length > 0) return listed.some((one) => typeof one === kind);
  if (types === undefined) return rules[kind] !== undefined;
  return types.some((one) => one === kind || (kind === "number" && one === "integer"));
}

/** A default is written down as it stands on the wire: what is held within it would not be. */
function isDeepDefault({ default: said }: Assertions): boolean {
  return typeof said?.value === "object" && said.value !== null && Object.keys(said.value).length > 0;
}

/** The members and items of a value, each with all the schemas that judge it. */
function below(all: readonly Assertions[]): readonly (readonly [string, readonly Schema[]])[] {
  const objects = all.flatMap((one) => one.object ?? []);
  const arrays = all.flatMap((one) => one.array ?? []);
  const names = new Set(objects.flatMap((one) => one.properties.map(({ name }) => name)));
  const rest = objects.map((one) => [
    ...one.patterns.map(({ schema }) => schema),
    ...[one.additional, one.unevaluated].filter((schema) => schema !== undefined),
  ]);
  const members = [...names].map((name) => {
    const schemas = objects.flatMap((one, at) => {
      const declared = one.properties.find((property) => property.name === name)?.schema;
      // JSON Schema core, 10.3.2.2: a pattern judges a declared property as well.
      const matching = one.patterns.filter(({ pattern }) => namesProperty(pattern, name)).map(({ schema }) => schema);
      return declared === undefined ? (rest[at] ?? []) : [declared, ...matching];
    });
    return [name, schemas] as const;
  });
  const longest = Math.max(0, ...arrays.map((one) => one.prefixItems?.length ?? 0));
  const itemsAt = (index: number) =>
    arrays.flatMap(({ prefixItems = [], items, contains, unevaluatedItems }) =>
      [prefixItems[index] ?? items ?? unevaluatedItems, contains?.schema].filter((one) => one !== undefined),
    );
  const items = Array.from(
    { length: longest + 1 },
    (_, at) => [at === longest ? "*" : String(at), itemsAt(at)] as const,
  );
  return [...members, ["*", rest.flat()], ...items];
}
