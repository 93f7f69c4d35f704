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
    ...contentFaults(spec, operation, follow(spec, operation.node.requestBody)?.content, requestFault),
    ...responsesOf(operation).flatMap((one) =>
      contentFaults(spec, operation, follow(spec, one)?.content, responseFault),
    ),
  ]);
}

function responsesOf({ node }: OperationPlace): readonly (SpecValue | undefined)[] {
  return isObject(node.responses) ? Object.values(node.responses) : [];
}

/** What is wrong with one media type; `undefined` where nothing is. */
type Judge = (spec: Spec, type: string, media: SpecObject) => string | undefined;

function contentFaults(
  spec: Spec,
  { method, path }: OperationPlace,
  content: SpecValue | undefined,
  judge: Judge,
): readonly Diagnostic[] {
  if (!isObject(content)) return [];
  return Object.keys(content).flatMap((type) => {
    const media = follow(spec, content[type]);
    const essence = (type.split(";", 1)[0] ?? "").trim().toLowerCase();
    const what = media === undefined ? undefined : (itemFault(essence, media) ?? judge(spec, essence, media));
    return what === undefined
      ? []
      : [error("SP901", `${method} ${path}: ${type} ${what}`, fix, spec.at(content, type, "key"))];
  });
}

/** OpenAPI 3.2, 4.14.3: `itemSchema` describes one item of a sequential media type. */
function itemFault(type: string, media: SpecObject): string | undefined {
  const isSequential =
    type === "text/event-stream" ||
    /^application\/(?:(?:x-)?(?:jsonl|ndjson|jsonlines)|(?:[^/]+\+)?json-seq)$/.test(type);
  return media.itemSchema === undefined || isSequential
    ? undefined
    : "is not read or written item by item (itemSchema)";
}

function requestFault(spec: Spec, type: string, media: SpecObject): string | undefined {
  if (!type.startsWith("multipart/")) return undefined;
  if (media.prefixEncoding !== undefined || media.itemEncoding !== undefined)
    return "is not read part by part in order (prefixEncoding, itemEncoding)";
  if (follow(spec, media.schema)?.type === "array") return "is not read as a list of parts: describe it as an object";
  const encodings = isObject(media.encoding) ? Object.values(media.encoding).map((one) => follow(spec, one)) : [];
  const isStyled = encodings.some((one) => one?.style !== undefined || one?.explode !== undefined);
  return isStyled ? "does not write its parts in styles: use contentType" : undefined;
}

function responseFault(_spec: Spec, type: string): string | undefined {
  return type.startsWith("multipart/") ? "is not written" : undefined;
}
