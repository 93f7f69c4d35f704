import type { ArrayRule, Schema } from "../model/schema.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { listOf } from "./node.js";
import { countOf, present, schemaListOf } from "./values.js";

type LowerSchema = (run: Lowering, node: SpecValue | undefined) => Schema;

const keywords = [
  ...["items", "prefixItems", "minItems", "maxItems", "uniqueItems"],
  ...["contains", "minContains", "maxContains", "unevaluatedItems"],
];

export function lowerArrayRule(run: Lowering, node: SpecObject, lower: LowerSchema): ArrayRule | undefined {
  if (keywords.every((keyword) => node[keyword] === undefined)) return undefined;
  const schemaAt = (keyword: string) => (node[keyword] === undefined ? undefined : lower(run, node[keyword]));
  const uniqueItems = node.uniqueItems === true;
  const rule = present<Omit<ArrayRule, "uniqueItems">>({
    prefixItems: schemaListOf(run, node, "prefixItems", lower),
    items: itemsOf(run, node, lower),
    minItems: countOf(run, node, "minItems"),
    maxItems: countOf(run, node, "maxItems"),
    contains: containsOf(run, node, lower),
    unevaluatedItems: schemaAt("unevaluatedItems"),
  });
  return Object.keys(rule).length === 0 && !uniqueItems ? undefined : { ...rule, uniqueItems };
}

function itemsOf(run: Lowering, node: SpecObject, lower: LowerSchema): Schema | undefined {
  const said = node.items;
  if (said === undefined) return undefined;
  if (listOf(said) === undefined) return lower(run, said);
  complain(run, node, "items", {
    code: "SP403",
    message: "items is a list, as JSON Schema had it before 2020-12.",
    fix: "Use prefixItems.",
  });
  return { kind: "never" };
}

/** JSON Schema 2020-12, 6.4.4 and 6.4.5: `minContains` is 1 where absent, and both say nothing without `contains`. */
function containsOf(run: Lowering, node: SpecObject, lower: LowerSchema): ArrayRule["contains"] {
  if (node.contains === undefined) return undefined;
  const max = countOf(run, node, "maxContains");
  const min = countOf(run, node, "minContains") ?? 1;
  return { schema: lower(run, node.contains), min, ...(max === undefined ? {} : { max }) };
}
