import { BaseResolver, createConfig, lintDocument, Source } from "@redocly/openapi-core";
import type { Diagnostic, SourceSpan } from "../code/diagnostic.js";
import type { Spec, SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import { tokensOf } from "./pointer.js";

/**
 * Whether a description has the shape that OpenAPI asks for: unknown fields, missing ones, values of a wrong type. Judged by Redocly's
 * rule, which knows every version's; the places are ours.
 */
export async function structureFaults(spec: Spec): Promise<readonly Diagnostic[]> {
  // The rule asks nodes for `hasOwnProperty`, which ours do not have.
  const parsed: Record<string, unknown> = JSON.parse(JSON.stringify(spec.root), withoutDeviceScopes);
  const problems = await lintDocument({
    document: { source: new Source(spec.file, ""), parsed },
    externalRefResolver: new BaseResolver(),
    config: await createConfig({ rules: { struct: "error" } }),
  });
  const isMistaken = ({ message, location: [place] }: (typeof problems)[number]) =>
    isBooleanSchema(spec, message) || place?.pointer?.endsWith("/$vocabulary") === true;
  return problems.flatMap((problem) => {
    const [place] = problem.location;
    if (isMistaken(problem)) return [];
    const at = spanOf(spec, place?.pointer ?? "#/", place?.reportOnKey === true ? "key" : "value");
    const [near] = problem.suggest;
    const fix =
      near === undefined ? "See the OpenAPI Specification for what may stand here." : `Did you mean "${near}"?`;
    return complaint("SP100", problem.message, fix, at);
  });
}

/** JSON Schema core, 4.3.2: since 3.1 `true` and `false` are schemas wherever one may stand. The rule knows some of the places. */
function isBooleanSchema(spec: Spec, message: string): boolean {
  return spec.dialect !== "3.0" && message.startsWith("Expected type `Schema` (object) but got `boolean`");
}

/** Redocly 2.62 knows no type for the scopes of 3.2's device flow, and throws where it meets one. */
function withoutDeviceScopes(key: string, value: unknown): unknown {
  const isFlow = key === "deviceAuthorization" && typeof value === "object" && value !== null && "scopes" in value;
  return isFlow && typeof value.scopes === "object" ? { ...value, scopes: {} } : value;
}

function spanOf(spec: Spec, pointer: string, part: "key" | "value"): SourceSpan {
  const tokens = tokensOf(pointer.replace(/^#\/?/, "/").replace(/^\/$/, "")) ?? [];
  let holder: SpecValue | undefined = spec.root;
  let span = spec.at(spec.root);
  for (const token of tokens) {
    if (typeof holder !== "object" || holder === null) break;
    span = spec.at(holder, token, part);
    holder = (holder as Readonly<Record<string, SpecValue | undefined>>)[token];
  }
  return span;
}
