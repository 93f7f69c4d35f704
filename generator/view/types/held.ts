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
  Date: () => ts.factory.createTypeReferenceNode("Date"),
  Instant: () => ofPolicy("Instant"),
  PlainDate: () => ofPolicy("PlainDate"),
};

/** A type of the runtime, said where it is used: types.ts imports nothing. */
function ofPolicy(name: string): ts.TypeNode {
  const { factory } = ts;
  const from = factory.createLiteralTypeNode(factory.createStringLiteral("@sallyport/runtime/policy"));
  return factory.createImportTypeNode(from, undefined, factory.createIdentifier(name));
}
