import ts from "typescript";
import type { Prepared } from "./schema.js";

/**
 * The type of an array with a prefix. openapi-typescript says that it has these items and no others; by JSON Schema core, 10.3.1.1,
 * it may end before, and what follows is as `items` says.
 */
export function tupleType(
  { type, prefixItems, items }: Prepared,
  typeOf: (schema: unknown) => ts.TypeNode,
): ts.TypeNode | undefined {
  if (type !== "array" || !Array.isArray(prefixItems)) return undefined;
  const { factory } = ts;
  const fixed = prefixItems.map((one) => factory.createOptionalTypeNode(typeOf(one)));
  const rest = items === false ? [] : [factory.createRestTypeNode(factory.createArrayTypeNode(typeOf(items ?? true)))];
  return factory.createTupleTypeNode([...fixed, ...rest]);
}
