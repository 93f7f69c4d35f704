import type { ArrayRule } from "../../model/schema.js";
import { type Context, every, type PrintSchema, runtime } from "./context.js";
import { call, type Expr, list, method } from "./layout.js";

export function printArray(rule: ArrayRule, context: Context, print: PrintSchema): Expr {
  const items = rule.items ?? rule.unevaluatedItems;
  const extras = [...(rule.prefixItems ? counts(rule, context) : []), ...assertions(rule, context, print)];
  const base = rule.prefixItems
    ? runtime(
        context,
        "tuple",
        list(rule.prefixItems.map((item) => print(item, context))),
        ...(items === undefined ? [] : [print(items, context)]),
      )
    : sized(call("z.array", items === undefined ? "z.unknown()" : print(items, context)), rule);
  return every(context, [base, ...extras]);
}

function sized(array: Expr, rule: ArrayRule): Expr {
  let expr = array;
  if (rule.minItems !== undefined && rule.minItems > 0) expr = method(expr, "min", String(rule.minItems));
  return rule.maxItems === undefined ? expr : method(expr, "max", String(rule.maxItems));
}

function counts(rule: ArrayRule, context: Context): readonly Expr[] {
  if (rule.minItems === undefined && rule.maxItems === undefined) return [];
  const max = rule.maxItems === undefined ? [] : [String(rule.maxItems)];
  return [runtime(context, "itemCount", String(rule.minItems ?? 0), ...max)];
}

function assertions(rule: ArrayRule, context: Context, print: PrintSchema): readonly Expr[] {
  const { contains } = rule;
  const max = contains?.max === undefined ? [] : [String(contains.max)];
  return [
    ...(rule.uniqueItems ? [runtime(context, "unique")] : []),
    ...(contains ? [runtime(context, "contains", print(contains.schema, context), String(contains.min), ...max)] : []),
  ];
}
