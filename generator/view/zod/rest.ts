import type { Code } from "../../code/layout.js";
import { object as objectLiteral } from "../../code/shapes.js";
import type { Assertions, Schema } from "../../model/schema.js";
import { type Context, type Place, type PrintSchema, runtime } from "./context.js";
import { flatten } from "./flatten.js";
import { branchesOf, declaresKeys, kinds } from "./kinds.js";
import { noObject } from "./spread.js";

/** What is asked of the properties and items that nothing else judges. */
export interface Rest {
  readonly properties?: Schema;
  readonly items?: Schema;
}

/** A schema, and what is left to ask of what it does not judge. */
export interface Split {
  readonly own: Assertions;
  readonly rest?: Rest;
}

/**
 * `unevaluatedProperties` and `unevaluatedItems`. Where one object or array says all that is said, they are what `additionalProperties`
 * and `items` are; elsewhere they stay, to be asked of the whole (JSON Schema core, 11).
 */
export function splitRest(assertions: Assertions, context: Context, place: Place): Split {
  const { own, rest } = takeRest(assertions);
  if (rest === undefined) return { own };
  if (rest.items === undefined && happensAnyway(own, rest, context, place)) return { own };
  const flat = flatten(own, context.components);
  const object = rest.properties && foldProperties(flat, rest.properties, context);
  const array = rest.items && foldItems(flat, rest.items);
  if ((rest.properties && !object) || (rest.items && !array)) return { own, rest };
  return { own: { ...flat, ...(object ? { object } : {}), ...(array ? { array } : {}) } };
}

/** `schema`, and `rest` of what it does not judge. */
export function printRest(schema: Code, rest: Rest, context: Context, print: PrintSchema): Code {
  const parts = (["properties", "items"] as const).flatMap((key) => {
    const asked = rest[key];
    return asked === undefined ? [] : [{ key, value: print(asked, context) }];
  });
  return runtime(context, "unevaluated", schema, objectLiteral(parts));
}

function takeRest(assertions: Assertions): Split {
  const { object, array, ...others } = assertions;
  const { unevaluated, ...keys } = object ?? noObject;
  const { unevaluatedItems, ...list } = array ?? { uniqueItems: false };
  if (unevaluated === undefined && unevaluatedItems === undefined) return { own: assertions };
  const rest = {
    ...(unevaluated ? { properties: unevaluated } : {}),
    ...(unevaluatedItems ? { items: unevaluatedItems } : {}),
  };
  return { own: { ...others, ...(object ? { object: keys } : {}), ...(array ? { array: list } : {}) }, rest };
}

/** A key that nothing declares is refused in a request and dropped from a response in any case, unless other schemas are to be asked first. */
function happensAnyway(own: Assertions, rest: Rest, context: Context, place: Place): boolean {
  const closes = rest.properties !== undefined && kinds(rest.properties, context.components).length === 0;
  const declares = declaresKeys({ kind: "assertions", assertions: own }, context.components);
  return closes && declares && context.direction !== "plain" && !place.among;
}

function foldProperties(flat: Assertions, rest: Schema, context: Context): Assertions["object"] {
  const { allOf = [], object = noObject } = flat;
  if (branchesOf(flat, allOf).some((branch) => declaresKeys(branch, context.components))) return undefined;
  return { ...object, additional: object.additional ?? rest };
}

function foldItems(flat: Assertions, rest: Schema): Assertions["array"] {
  const { allOf = [], array = { uniqueItems: false } } = flat;
  if (branchesOf(flat, allOf).length > 0 || array.contains !== undefined) return undefined;
  return { ...array, items: array.items ?? rest };
}
