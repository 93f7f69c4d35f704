import { escaped } from "../model/json-pointer.js";
import type { Assertions, Schema, SchemaNote } from "../model/schema.js";
import { type Components, notesOf, sameValue } from "./mask.js";
import { restricts } from "./note.js";

/** A part of a value that is not everybody's to see or to send. */
export interface Restricted {
  /** RFC 6901, with `*` for every item or value, and `**` for any depth. */
  readonly pointer: string;
  readonly required: boolean;
  readonly note: SchemaNote;
}

/** Finds every such part of the values of a schema, at any depth. In doubt a rule of one alternative holds for all of them. */
export type FindRestricted = (schema: Schema) => readonly Restricted[];

type IsNoted = (note: SchemaNote) => boolean;

/** What is looked for, and where references lead. */
interface Search {
  readonly components: Components;
  readonly isNoted: IsNoted;
}

/** Most components restrict nothing: that is found out once for each, and then they are passed by. */
export function restrictedParts(components: Components): FindRestricted {
  return partsNoted(components, restricts);
}

/** Finds the parts of values of which something is noted. */
export function partsNoted(components: Components, isNoted: IsNoted): FindRestricted {
  const known = new Map<string, boolean>();
  const concerned: Components = (name) => {
    const found = known.get(name) ?? holdsRule(name, { components, isNoted }, known);
    known.set(name, found);
    return found ? components(name) : undefined;
  };
  const search = { components: concerned, isNoted };
  return (schema) => {
    const own = notesOf(schema, components).filter(isNoted);
    return [
      ...own.map((note) => ({ pointer: "", required: true, note })),
      ...below(schema, requiredOf(schema, components), search, []).found,
    ];
  };
}

/** Whether a component holds a rule, in itself or in what it refers to. */
function holdsRule(name: string, { components, isNoted }: Search, known: Map<string, boolean>): boolean {
  const seen = new Set([name]);
  // A set hands out what is added while it is walked.
  for (const one of seen) {
    if (known.get(one) === true) return true;
    const target = known.get(one) === false ? undefined : components(one);
    if (target !== undefined && holdsRuleItself(target, seen, isNoted)) return true;
  }
  for (const one of seen) known.set(one, false);
  return false;
}

function holdsRuleItself(schema: Schema, refs: Set<string>, isNoted: IsNoted): boolean {
  const open: Schema[] = [schema];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.kind === "ref") refs.add(part.name);
    const said = part.kind === "assertions" ? part.assertions : part.kind === "ref" ? part.siblings : undefined;
    if (said === undefined) continue;
    if (isNoted(said.note)) return true;
    open.push(...alternatives(said), ...parts(said).map(([, one]) => one));
  }
  return false;
}

interface Findings {
  readonly found: readonly Restricted[];
  /** Components that were met again inside themselves. */
  readonly again: ReadonlySet<string>;
}

const nothing: Findings = { found: [], again: new Set() };

/** What is restricted inside the value of a schema. */
function below(schema: Schema, required: ReadonlySet<string>, search: Search, trail: readonly string[]): Findings {
  if (schema.kind === "any" || schema.kind === "never") return nothing;
  if (schema.kind === "assertions") return inside(schema.assertions, required, search, trail);
  const siblings = schema.siblings === undefined ? nothing : inside(schema.siblings, required, search, trail);
  if (trail.includes(schema.name)) return both(siblings, { found: [], again: new Set([schema.name]) });
  const target = search.components(schema.name);
  if (target === undefined) return siblings;
  const { found, again } = below(target, required, search, [...trail, schema.name]);
  // What holds of a value holds of every value of the kind inside it.
  const deep = again.has(schema.name) ? found.map((one) => ({ ...one, pointer: `/**${one.pointer}` })) : found;
  return both(siblings, { found: deep, again: new Set([...again].filter((name) => name !== schema.name)) });
}

function inside(
  assertions: Assertions,
  required: ReadonlySet<string>,
  search: Search,
  trail: readonly string[],
): Findings {
  return [
    ...alternatives(assertions).map((one) => below(one, required, search, trail)),
    ...parts(assertions).map(([token, one]) => inPart(token, one, required, search, trail)),
  ].reduce(both, nothing);
}

/** Schemas that speak of the very same value. */
function alternatives({ allOf = [], anyOf = [], oneOf = [], not, conditional, object }: Assertions): readonly Schema[] {
  const branches = [not, conditional?.if, conditional?.then, conditional?.else].filter((one) => one !== undefined);
  return [...allOf, ...anyOf, ...oneOf, ...branches, ...(object?.dependentSchemas ?? []).map((one) => one.schema)];
}

/** The parts of a value, each with the token that leads to it. */
function parts({ object, array }: Assertions): readonly (readonly [string, Schema])[] {
  const values = [object?.additional, object?.unevaluated, ...(object?.patterns ?? []).map((one) => one.schema)];
  const items = [array?.items, array?.unevaluatedItems, array?.contains?.schema, ...(array?.prefixItems ?? [])];
  return [
    ...(object?.properties ?? []).map(({ name, schema }) => [escaped(name), schema] as const),
    ...[...values, ...items].flatMap((one) => (one === undefined ? [] : [["*", one] as const])),
  ];
}

function inPart(
  token: string,
  schema: Schema,
  required: ReadonlySet<string>,
  search: Search,
  trail: readonly string[],
): Findings {
  const { components, isNoted } = search;
  const own = notesOf(schema, components)
    .filter(isNoted)
    .map((note) => ({ pointer: `/${token}`, required: required.has(token), note }));
  const { found, again } = below(schema, requiredOf(schema, components), search, trail);
  return { found: [...own, ...found.map((one) => ({ ...one, pointer: `/${token}${one.pointer}` }))], again };
}

/** The names that a value must have, whichever of its schemas says so. */
function requiredOf(schema: Schema, components: Components): ReadonlySet<string> {
  return new Set(sameValue(schema, components).flatMap(({ object }) => (object?.required ?? []).map(escaped)));
}

function both(one: Findings, other: Findings): Findings {
  if (one === nothing || other === nothing) return one === nothing ? other : one;
  return { found: [...one.found, ...other.found], again: new Set([...one.again, ...other.again]) };
}
