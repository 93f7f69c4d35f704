import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { error } from "./complaint.js";
import { follow, operationsOf } from "./operations.js";
import type { RuleOptions } from "./options.js";
import { isObject } from "./places.js";

/** Bodies that the server cannot read yet: what it cannot read it cannot check. */
export function bodyFaults(spec: Spec, { only }: RuleOptions): readonly Diagnostic[] {
  if (only !== undefined && !only.includes("server") && !only.includes("trpc")) return [];
  return operationsOf(spec).flatMap(({ node, method, path }) => {
    const content = follow(spec, node.requestBody)?.content;
    if (!isObject(content)) return [];
    return Object.keys(content)
      .filter((type) => /^multipart\//i.test(type))
      .map((type) => {
        const fix = "Generate the client only (--only client), or describe another media type.";
        return error(
          "SP901",
          `${method} ${path} takes ${type}, which the server does not read yet`,
          fix,
          spec.at(content, type, "key"),
        );
      });
  });
}
