import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { error } from "./complaint.js";
import { follow, type OperationPlace, operationsOf } from "./operations.js";
import type { RuleOptions } from "./options.js";
import { isObject } from "./places.js";

const fix = "Generate the client only (--only client), or describe another media type.";

/** Content that the server cannot read or write yet: what it cannot read it cannot check. */
export function bodyFaults(spec: Spec, { only }: RuleOptions): readonly Diagnostic[] {
  if (only !== undefined && !only.includes("server") && !only.includes("trpc")) return [];
  return operationsOf(spec).flatMap((operation) => [
    ...multipartFaults(spec, operation),
    ...contentsOf(spec, operation).flatMap((content) => streamFaults(spec, operation, content)),
  ]);
}

function multipartFaults(spec: Spec, { node, method, path }: OperationPlace): readonly Diagnostic[] {
  const content = follow(spec, node.requestBody)?.content;
  if (!isObject(content)) return [];
  return Object.keys(content)
    .filter((type) => /^multipart\//i.test(type))
    .map((type) => {
      const message = `${method} ${path} takes ${type}, which the server does not read yet`;
      return error("SP901", message, fix, spec.at(content, type, "key"));
    });
}

function contentsOf(spec: Spec, { node }: OperationPlace): readonly SpecObject[] {
  const responses: readonly (SpecValue | undefined)[] = isObject(node.responses) ? Object.values(node.responses) : [];
  return [node.requestBody, ...responses].map((one) => follow(spec, one)?.content).filter(isObject);
}

/** OpenAPI 3.2, 4.14.3: `itemSchema` describes one item of a stream at a time. */
function streamFaults(spec: Spec, { method, path }: OperationPlace, content: SpecObject): readonly Diagnostic[] {
  return Object.keys(content).flatMap((type) => {
    const media = follow(spec, content[type]);
    if (media?.itemSchema === undefined) return [];
    const message = `${method} ${path} streams ${type}, which the server does not do yet`;
    return [error("SP901", message, fix, spec.at(media, "itemSchema", "key"))];
  });
}
