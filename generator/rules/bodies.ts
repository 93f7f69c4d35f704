import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { error, warning } from "./complaint.js";
import { follow, type OperationPlace, operationsOf } from "./operations.js";
import type { RuleOptions } from "./options.js";
import { isObject } from "./places.js";

const fix = "Generate the client only (--only client), or describe the content otherwise.";

const namedFix = "Describe an object: its properties name the parts.";

/** Content that OpenAPI gives no meaning that could be checked: what cannot be read in one way only is not read at all. */
export function bodyFaults(spec: Spec, { only }: RuleOptions): readonly Diagnostic[] {
  if (only !== undefined && !only.includes("server") && !only.includes("trpc")) return [];
  return operationsOf(spec).flatMap((operation) => [
    ...contentFaults(spec, operation, follow(spec, operation.node.requestBody)?.content),
    ...responsesOf(operation).flatMap((one) => contentFaults(spec, operation, follow(spec, one)?.content)),
  ]);
}

function responsesOf({ node }: OperationPlace): readonly (SpecValue | undefined)[] {
  return isObject(node.responses) ? Object.values(node.responses) : [];
}

function contentFaults(
  spec: Spec,
  { method, path }: OperationPlace,
  content: SpecValue | undefined,
): readonly Diagnostic[] {
  if (!isObject(content)) return [];
  return Object.keys(content).flatMap((type) => {
    const media = follow(spec, content[type]);
    if (media === undefined) return [];
    const at = spec.at(content, type, "key");
    const what = mediaFault(spec, essenceOf(type), media);
    if (what !== undefined) return [error("SP901", `${method} ${path}: ${type} ${what}`, fix, at)];
    return isNamedList(spec, essenceOf(type), media)
      ? [warning("SP173", `${method} ${path}: ${type} is a list, and its parts have names`, namedFix, at)]
      : [];
  });
}

function essenceOf(type: string): string {
  return (type.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** OpenAPI 3.2, 4.14.3: `itemSchema` describes one item of a sequential media type, and nothing elsewhere. */
function mediaFault(spec: Spec, type: string, media: SpecObject): string | undefined {
  if (type.startsWith("multipart/")) return multipartFault(spec, media);
  const isSequential =
    type === "text/event-stream" ||
    /^application\/(?:(?:x-)?(?:jsonl|ndjson|jsonlines)|(?:[^/]+\+)?json-seq)$/.test(type);
  return media.itemSchema === undefined || isSequential ? undefined : "is not made of items, and has an itemSchema";
}

function multipartFault(spec: Spec, media: SpecObject): string | undefined {
  const { encoding, prefixEncoding, itemEncoding } = media;
  if (isList(spec, media) && encoding !== undefined) return "has an encoding for names, and its parts have none";
  const all = [isObject(encoding) ? Object.values(encoding) : [], listOf(prefixEncoding), listOf(itemEncoding)].flat();
  const nested = all.map((one) => follow(spec, one)?.contentType).some((one) => /\bmultipart\//i.test(String(one)));
  return nested ? "holds a part that is multipart itself" : undefined;
}

function isList(spec: Spec, { itemSchema, prefixEncoding, itemEncoding, schema }: SpecObject): boolean {
  const hasPlaces = [itemSchema, prefixEncoding, itemEncoding].some((one) => one !== undefined);
  return hasPlaces || follow(spec, schema)?.type === "array";
}

/** RFC 7578, 4.2: each part of a form has a name, and a list says none. */
function isNamedList(spec: Spec, type: string, media: SpecObject): boolean {
  return type === "multipart/form-data" && isList(spec, media);
}

function listOf(said: SpecValue | undefined): readonly (SpecValue | undefined)[] {
  return Array.isArray(said) ? said : [said];
}
