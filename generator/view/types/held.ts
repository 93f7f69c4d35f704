import ts from "typescript";
import type { HeldAs } from "../../model/held.js";
import { heldKey } from "./held-key.js";
import type { Prepared } from "./schema.js";

/** The type of what code holds as something else than it is on the wire; of one JSON type at a time. */
export function heldType(schema: Prepared): ts.TypeNode | undefined {
  const as = schema[heldKey] as HeldAs | undefined;
  if (as === undefined || Array.isArray(schema.type)) return undefined;
  return types[as]();
}

const types: Readonly<Record<HeldAs, () => ts.TypeNode>> = {
  bigint: () => ts.factory.createKeywordTypeNode(ts.SyntaxKind.BigIntKeyword),
  digits: () => ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
};
