import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { error } from "./complaint.js";
import { layersOf } from "./layers.js";
import { effectiveSecurity, follow, type OperationPlace, operationsOf } from "./operations.js";
import { isObject } from "./places.js";

/** Keys whose answers anybody could get, or whose answers cannot be kept (R53). */
export function idempotencyFaults(spec: Spec): readonly Diagnostic[] {
  return operationsOf(spec).flatMap((operation) => {
    const layer = layersOf(spec, operation).find(({ said }) => Object.hasOwn(said, "idempotency"));
    const rule = layer?.said.idempotency;
    if (layer === undefined || !isObject(rule)) return [];
    const at = spec.at(layer.said, "idempotency", "key");
    const where = `${operation.method} ${operation.path}`;
    return [
      ...(isNobodys(spec, operation, rule)
        ? [
            error(
              "SP344",
              `${where} keeps answers for nobody in particular: anybody who knows the key would get them`,
              "Ask for a credential, and have principal, client or tenant in the scope.",
              at,
            ),
          ]
        : []),
      ...streamFaults(spec, operation, rule).map((what) =>
        error("SP345", `${where} ${what}`, "Leave idempotency out here, or describe JSON.", at),
      ),
    ];
  });
}

function isNobodys(spec: Spec, operation: OperationPlace, { scope }: SpecObject): boolean {
  if (effectiveSecurity(spec, operation)?.length === 0) return true;
  return Array.isArray(scope) && !scope.some((part) => part !== "operation");
}

function streamFaults(spec: Spec, { node }: OperationPlace, { fingerprint }: SpecObject): readonly string[] {
  const responses = isObject(node.responses) ? Object.values(node.responses) : [];
  const answers = responses.flatMap((one) => mediaOf(spec, one));
  const asked = mediaOf(spec, node.requestBody);
  return [
    ...(answers.every(isWhole) ? [] : ["answers with a stream, which cannot be kept"]),
    ...(fingerprint === "none" || asked.every(isWhole) ? [] : ["takes a stream, and none can be told from another"]),
  ];
}

function mediaOf(spec: Spec, holder: SpecValue | undefined): readonly string[] {
  const content = follow(spec, holder)?.content;
  return isObject(content) ? Object.keys(content) : [];
}

/** What is read and written as a whole: JSON, text and forms. */
function isWhole(media: string): boolean {
  const essence = (media.split(";")[0] ?? "").trim().toLowerCase();
  if (essence === "text/event-stream" || essence.endsWith("json-seq")) return false;
  return /^(application\/json|[^/]+\/[^/]+\+json|application\/x-www-form-urlencoded|text\/.+)$/.test(essence);
}
