import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array } from "../../code/shapes.js";
import type { ArrayRule } from "../../model/schema.js";
import { type Context, every, type Place, type PrintSchema, runtime } from "./context.js";
import { method, zod } from "./expression.js";

export function printArray(rule: ArrayRule, context: Context, place: Place, print: PrintSchema): Code {
  const { items, prefixItems = [] } = rule;
  // An array of anything would claim all its items.
  const isTuple = prefixItems.length > 0 || (place.tracked === true && items === undefined);
  const extras = [...(isTuple ? counts(rule, context) : []), ...assertions(rule, context, print)];
  if (!isTuple) {
    const whole = zod("array", items === undefined ? zod("unknown") : print(items, context));
    return every(context, [sized(whole, rule), ...extras]);
  }
  const first = array(prefixItems.map((item) => print(item, context)));
  const base = runtime(context, "tuple", first, ...(items === undefined ? [] : [print(items, context)]));
  return every(context, [base, ...extras]);
}

function sized(whole: Code, rule: ArrayRule): Code {
  let expr = whole;
  if (rule.minItems !== undefined && rule.minItems > 0) expr = method(expr, "min", literal(rule.minItems));
  return rule.maxItems === undefined ? expr : method(expr, "max", literal(rule.maxItems));
}

function counts(rule: ArrayRule, context: Context): readonly Code[] {
  if (rule.minItems === undefined && rule.maxItems === undefined) return [];
  const max = rule.maxItems === undefined ? [] : [literal(rule.maxItems)];
  return [runtime(context, "itemCount", literal(rule.minItems ?? 0), ...max)];
}

function assertions(rule: ArrayRule, context: Context, print: PrintSchema): readonly Code[] {
  const { contains } = rule;
  const max = contains?.max === undefined ? [] : [literal(contains.max)];
  return [
    ...(rule.uniqueItems ? [runtime(context, "unique")] : []),
    ...(contains ? [runtime(context, "contains", print(contains.schema, context), literal(contains.min), ...max)] : []),
  ];
}
