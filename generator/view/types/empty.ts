import ts from "typescript";
import type { Prepared } from "./schema.js";

/** The type of an object that has no keys. openapi-typescript takes it for one of which nothing is said. */
export function emptyType(schema: Prepared): ts.TypeNode | undefined {
  const { type, additionalProperties } = schema;
  const isClosed = type === "object" && additionalProperties === false;
  if (!isClosed || ["properties", "patternProperties", "allOf", "oneOf", "enum", "const"].some((key) => key in schema))
    return undefined;
  const { factory } = ts;
  const keyword = (kind: ts.KeywordTypeSyntaxKind) => factory.createKeywordTypeNode(kind);
  const never = keyword(ts.SyntaxKind.NeverKeyword);
  return factory.createTypeReferenceNode("Record", [keyword(ts.SyntaxKind.StringKeyword), never]);
}
