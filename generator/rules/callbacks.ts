import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec } from "../model/spec.js";
import { warning } from "./complaint.js";
import { placesOf } from "./places.js";

/** OpenAPI 4.8.17.1, without `$url`, `$method` and `$statusCode`. Names of fields are tokens (RFC 9110, 5.6.2). */
const source =
  /^\$(?:request\.(?:path|query)\.[^{}]+|(?:request|response)\.(?:header\.[!#$%&'*+.^_`|~0-9A-Za-z-]+|body(?:#(?:\/[^{}]*)?)?))$/;

/** Callbacks whose keys are no runtime expressions: no URL comes out of them, and no call. */
export function callbackFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec)
    .filter(({ role, node }) => role === "callback" && typeof node.$ref !== "string")
    .flatMap(({ node }) =>
      Object.keys(node)
        .filter((key) => !key.startsWith("x-") && !isExpression(key))
        .map((key) => {
          const fix = "Write {$request.body#/callbackUrl}, or a URL with such expressions in it.";
          return warning("SP166", `${JSON.stringify(key)} is no runtime expression`, fix, spec.at(node, key, "key"));
        }),
    );
}

function isExpression(key: string): boolean {
  const parts = key.startsWith("$") ? [key] : [...key.matchAll(/\{([^{}]*)\}/g)].map(([, one = ""]) => one);
  return parts.length > 0 && parts.every((one) => ["$url", "$method", "$statusCode"].includes(one) || source.test(one));
}
