import { heldBy } from "../model/held.js";
import type { JsonType, NumberRule } from "../model/schema.js";
import type { SpecObject } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { textOf } from "./node.js";
import { numberOf, present } from "./values.js";

/** The formats of the OpenAPI format registry that speak of numbers. */
const numericFormats: ReadonlySet<string> = new Set([
  ...["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"],
  ...["single-int", "double-int", "float", "double", "decimal", "decimal128"],
]);

const keywords = ["format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

export function isNumeric(format: string): boolean {
  return numericFormats.has(format);
}

export function lowerNumberRule(
  run: Lowering,
  node: SpecObject,
  types: readonly JsonType[] | undefined,
): NumberRule | undefined {
  if (keywords.every((keyword) => node[keyword] === undefined)) return undefined;
  const format = textOf(node.format);
  const counts =
    types === undefined
      ? format !== undefined && isNumeric(format)
      : types.some((type) => type === "integer" || type === "number");
  const rule = present<NumberRule>({
    ...boundOf(run, node, "minimum", "exclusiveMinimum"),
    ...boundOf(run, node, "maximum", "exclusiveMaximum"),
    multipleOf: multipleOf(run, node),
    format: counts ? format : undefined,
    held: counts ? heldBy(node, run.values) : undefined,
  });
  return Object.keys(rule).length === 0 ? undefined : rule;
}

/** 3.0: a boolean that changes what the bound means. 3.1: a bound of its own. */
function boundOf(
  run: Lowering,
  node: SpecObject,
  inclusive: "minimum" | "maximum",
  exclusive: "exclusiveMinimum" | "exclusiveMaximum",
): Partial<Record<typeof inclusive | typeof exclusive, number | undefined>> {
  const bound = numberOf(run, node, inclusive);
  const said = node[exclusive];
  if (said === true) return { [exclusive]: bound };
  if (said === false) return { [inclusive]: bound };
  return { [inclusive]: bound, [exclusive]: numberOf(run, node, exclusive) };
}

function multipleOf(run: Lowering, node: SpecObject): number | undefined {
  const step = numberOf(run, node, "multipleOf");
  if (step === undefined || step > 0) return step;
  complain(run, node, "multipleOf", { code: "SP405", message: "multipleOf must be greater than 0." });
  return undefined;
}
