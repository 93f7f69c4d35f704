import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array } from "../../code/shapes.js";
import { code } from "../../code/template.js";
import type { Assertions, Json, JsonType } from "../../model/schema.js";
import { printArray } from "./array.js";
import { type Context, every, type Place, type PrintSchema, runtime } from "./context.js";
import { method, zod } from "./expression.js";
import { printNumber } from "./number.js";
import { printObject } from "./object.js";
import { noObject } from "./spread.js";
import { printString } from "./string.js";
import { isOf, kindsOf, restrictTypes, values } from "./values.js";

/** Assertions without branches, as `flatten` leaves them, and the consts that are spread into their object. */
export interface Base {
  readonly flat: Assertions;
  readonly spreads: readonly Code[];
}

const octets = zod("instanceof", code`Uint8Array`);

type Printer = (type: JsonType, known: boolean) => Code;

/** What `types`, `enum` and the rules of each type say; `undefined` where they say nothing. */
export function printBase(base: Base, context: Context, place: Place, print: PrintSchema): Code | undefined {
  const printer: Printer = (type, known) => printType(type, known, base, context, place, print);
  const listed = values(base.flat);
  if (listed !== undefined) return printListed(listed, base.flat, context, place, printer);
  const { types } = base.flat;
  if (types !== undefined && place.tracked && types.length > 1) return printTracked(types, base.flat, context, printer);
  if (types === undefined) return printUntyped(base.flat, context, place.types, printer);
  return printTyped(place.types ? restrictTypes(place.types, types) : types, printer);
}

function printListed(
  listed: readonly Json[],
  flat: Assertions,
  context: Context,
  place: Place,
  printer: Printer,
): Code {
  const allowed = listed.filter((one) => flat.types === undefined || isOf(one, flat.types));
  const kinds = (["string", "number", "array", "object"] as const).filter((kind) =>
    allowed.some((one) => isOf(one, [kind])),
  );
  const rules = kinds.flatMap((kind) =>
    flat[kind] === undefined ? [] : [runtime(context, "when", literal(kind), printer(kind, true))],
  );
  const one = printValues(allowed, context);
  return every(context, [place.tracked ? runtime(context, "asserts", one) : one, ...rules]);
}

function printValues(listed: readonly Json[], context: Context): Code {
  const unique = [...new Map(listed.map((one) => [JSON.stringify(one), one])).values()];
  if (unique.length === 0) return zod("never");
  if (unique.some((one) => typeof one === "object" && one !== null))
    return runtime(context, "oneValue", literal(unique));
  const others = unique.filter((one) => one !== null);
  const [first] = others;
  if (first === undefined) return zod("null");
  // An enum of zod is an object by value: a name with a meaning of its own has no place in it.
  const asEnum = others.length > 1 && others.every((one) => typeof one === "string" && one !== "__proto__");
  const printed = asEnum ? zod("enum", literal(others)) : zod("literal", literal(others.length === 1 ? first : others));
  return others.length < unique.length ? method(printed, "nullable") : printed;
}

/** Rules that hold for values of their own type only. */
function printUntyped(
  flat: Assertions,
  context: Context,
  types: readonly JsonType[] | undefined,
  printer: Printer,
): Code | undefined {
  const kinds = types === undefined ? undefined : kindsOf(types);
  const ruled = (["string", "number", "array", "object"] as const).filter(
    (kind) => flat[kind] !== undefined && (kinds === undefined || kinds.includes(kind)),
  );
  const parts = ruled.map((kind) =>
    kinds?.length === 1 ? printer(kind, true) : runtime(context, "when", literal(kind), printer(kind, true)),
  );
  const [first, ...others] = parts;
  return first === undefined ? undefined : every(context, [first, ...others]);
}

/** Several types, each of whose rules says by itself what it has judged: a union of zod does not pass that on. */
function printTracked(types: readonly JsonType[], flat: Assertions, context: Context, printer: Printer): Code {
  const union = printTyped(types, (type) => printBare(type, flat, context));
  const rules = printUntyped(flat, context, types, printer);
  const typed = runtime(context, "asserts", union);
  return rules === undefined ? typed : every(context, [typed, rules]);
}

/** A type, and nothing more. */
function printBare(type: JsonType, { number, string }: Assertions, context: Context): Code {
  if (type === "array") return zod("array", zod("unknown"));
  if (type === "object") return zod("record", zod("string"), zod("unknown"));
  if (type === "integer" || type === "number")
    return printNumber(number?.held === undefined ? {} : number, type, context);
  if (type === "string" && string?.held !== undefined) return printString(string, context);
  return type === "octets" ? octets : zod(type);
}

function printTyped(types: readonly JsonType[], printer: Printer): Code {
  const kept = types.filter((type) => type !== "null" && !(type === "integer" && types.includes("number")));
  const printed = kept.map((type) => printer(type, false));
  const [first, ...others] = printed;
  if (first === undefined) return types.includes("null") ? zod("null") : zod("never");
  const union = others.length === 0 ? first : zod("union", array(printed));
  return types.includes("null") ? method(union, "nullable") : union;
}

function printType(
  type: JsonType,
  known: boolean,
  { flat, spreads }: Base,
  context: Context,
  place: Place,
  print: PrintSchema,
): Code {
  switch (type) {
    case "null":
      return zod("null");
    case "boolean":
      return zod("boolean");
    case "octets":
      return octets;
    case "integer":
    case "number":
      return printNumber(flat.number ?? {}, type, context);
    case "string":
      return printString(flat.string ?? {}, context);
    case "array":
      return printArray(flat.array ?? { uniqueItems: false }, context, place, print);
    case "object":
      return printObject(flat.object ?? noObject, spreads, known, context, place, print);
  }
}
