import { BaseResolver, createConfig, lintDocument, Source } from "@redocly/openapi-core";
import type { Diagnostic, SourceSpan } from "../code/diagnostic.js";
import { didYouMean } from "../code/suggest.js";
import type { Spec, SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import { childrenOf, type Role } from "./grammar.js";
import { tokensOf } from "./pointer.js";
import { corrections } from "./redocly-types.js";

/**
 * Whether a description has the shape that OpenAPI asks for: unknown fields, missing ones, values of a wrong type. Judged by Redocly's
 * rule, which knows every version's; the places are ours.
 */
export async function structureFaults(spec: Spec): Promise<readonly Diagnostic[]> {
  // The rule asks nodes for `hasOwnProperty`, which ours do not have.
  const parsed: Record<string, unknown> = JSON.parse(JSON.stringify(spec.root));
  const problems = await lintDocument({
    document: { source: new Source(spec.file, ""), parsed },
    externalRefResolver: new BaseResolver(),
    config: await createConfig({ rules: { struct: "error" }, plugins: [corrections] }),
  });
  const schemas = spec.dialect === "3.0" || problems.length === 0 ? new Set<object>() : schemasOf(spec);
  return problems.flatMap((problem) => {
    const [place] = problem.location;
    if (isBooleanSchema(spec, problem.message)) return [];
    const tokens = tokensFrom(place?.pointer ?? "#/");
    const at = spanOf(spec, tokens, place?.reportOnKey === true ? "key" : "value");
    const [near] = problem.suggest;
    const fix =
      near === undefined ? "See the OpenAPI Specification for what may stand here." : `Did you mean "${near}"?`;
    const holder = nodeAt(spec, tokens.slice(0, -1));
    const keyword = tokens.at(-1) ?? "";
    if (keyword === "security" && isPathItem(tokens)) return securityOfPath(at);
    const isOfSchema = typeof holder === "object" && holder !== null && schemas.has(holder);
    const isUnknown = / is not expected here/.test(problem.message);
    // What should be a list of examples and is none, asserts no more than a list would.
    if (isOfSchema && keyword === "examples" && !isUnknown) return unlisted(at);
    if (!isOfSchema || !isUnknown || isMisspelt(keyword, problem.suggest))
      return complaint("SP100", problem.message, fix, at);
    return unknownKeyword(keyword, at);
  });
}

function isPathItem(tokens: readonly string[]): boolean {
  const [first, second] = tokens;
  return (
    (tokens.length === 3 && (first === "paths" || first === "webhooks")) ||
    (tokens.length === 4 && second === "pathItems")
  );
}

/** Before 3.3 every other reader looks past it: who may call would depend on who reads. */
function securityOfPath(at: SourceSpan): readonly Diagnostic[] {
  const message = "A path item has no security before OpenAPI 3.3: other tools look past it";
  return [complaint("SP167", message, "Say it at each operation of the path, or at the root.", at)];
}

/** Keywords that assert nothing: one that is misspelt is missed by nobody's server. */
const notes = new Set("title description example examples externalDocs xml deprecated $comment".split(" "));

/** Whether a keyword was probably meant to be one that asserts something. */
function isMisspelt(keyword: string, suggested: readonly string[]): boolean {
  const meant = didYouMean(keyword, suggested);
  return meant !== undefined && !notes.has(meant);
}

/**
 * JSON Schema core, 6.5: since 3.1 a keyword that nobody knows is a note. One that was probably meant to be an assertion stays an error,
 * as a promise that is misspelt would be kept by nobody.
 */
function unknownKeyword(keyword: string, at: SourceSpan): readonly Diagnostic[] {
  // What is meant by nullable is known, and said with what becomes of it (SP402).
  if (keyword === "nullable") return [];
  const message = `${JSON.stringify(keyword)} is no keyword of JSON Schema: it asserts nothing`;
  return [{ ...complaint("SP101", message, "Drop it, or let its name begin with x-.", at), severity: "warning" }];
}

/** JSON Schema validation, 9.5: the `examples` of a schema are a list; those of OpenAPI's own objects have names. */
function unlisted(at: SourceSpan): readonly Diagnostic[] {
  const message = "The examples of a schema are a list: what stands here is looked past";
  const fix = "Write a list, or name examples at the parameter or the media type.";
  return [{ ...complaint("SP101", message, fix, at), severity: "warning" }];
}

/** Every Schema Object of a description. */
function schemasOf(spec: Spec): ReadonlySet<object> {
  const schemas = new Set<object>();
  const seen = new Set<object>();
  const open: { readonly node: object; readonly role: Role }[] = [{ node: spec.root, role: "root" }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place.node)) continue;
    seen.add(place.node);
    if (place.role === "schema") schemas.add(place.node);
    for (const { value, role } of childrenOf(place.node as Readonly<Record<string, unknown>>, place.role)) {
      if (typeof value === "object" && value !== null) open.push({ node: value, role });
    }
  }
  return schemas;
}

/** JSON Schema core, 4.3.2: since 3.1 `true` and `false` are schemas wherever one may stand. The rule knows some of the places. */
function isBooleanSchema(spec: Spec, message: string): boolean {
  return spec.dialect !== "3.0" && message.startsWith("Expected type `Schema` (object) but got `boolean`");
}

function tokensFrom(pointer: string): readonly string[] {
  return tokensOf(pointer.replace(/^#\/?/, "/").replace(/^\/$/, "")) ?? [];
}

function nodeAt(spec: Spec, tokens: readonly string[]): SpecValue | undefined {
  return tokens.reduce<SpecValue | undefined>((node, token) => childOf(node, token), spec.root);
}

function childOf(node: SpecValue | undefined, token: string): SpecValue | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  return (node as Readonly<Record<string, SpecValue | undefined>>)[token];
}

function spanOf(spec: Spec, tokens: readonly string[], part: "key" | "value"): SourceSpan {
  let holder: SpecValue | undefined = spec.root;
  let span = spec.at(spec.root);
  for (const token of tokens) {
    if (typeof holder !== "object" || holder === null) break;
    span = spec.at(holder, token, part);
    holder = childOf(holder, token);
  }
  return span;
}
