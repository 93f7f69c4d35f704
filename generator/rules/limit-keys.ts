import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error } from "./complaint.js";
import { layersOf } from "./layers.js";
import { type OperationPlace, operationsOf } from "./operations.js";
import { isObject } from "./places.js";
import { fieldFault, missing } from "./pointers.js";

/** Limits of an operation that count by what it does not have, or that one call of it could never stay below. */
export function limitKeyFaults(spec: Spec): readonly Diagnostic[] {
  return operationsOf(spec).flatMap((operation) => {
    const said = (key: string) => layersOf(spec, operation).find((layer) => Object.hasOwn(layer.said, key))?.said[key];
    const limits = limitsOf(spec, said("rateLimits"));
    const keyed = [...limits, said("slowDown"), said("concurrency")].filter(isObject);
    const cost = said("cost");
    return [
      ...keyed.flatMap((rule) => keyFaults(spec, operation, rule)),
      ...queueFaults(spec, said("concurrency")),
      ...(typeof cost === "number" ? limits.flatMap((limit) => costFaults(spec, operation, limit, cost)) : []),
    ];
  });
}

/** The limits that are named or written in a list. */
function limitsOf(spec: Spec, said: SpecValue | undefined): readonly SpecObject[] {
  const named = annotationOf(spec.root)?.rateLimits;
  const all = Array.isArray(said) ? said : [];
  return all
    .map((one: SpecValue) =>
      typeof one === "string" ? (isObject(named) && Object.hasOwn(named, one) ? named[one] : undefined) : one,
    )
    .filter(isObject);
}

function keyFaults(spec: Spec, operation: OperationPlace, { key }: SpecObject): readonly Diagnostic[] {
  if (!Array.isArray(key)) return [];
  return key.flatMap((part: SpecValue, index) => {
    if (typeof part !== "string") return [];
    const at = spec.at(key, index);
    const [, pointer] = /^body:(\/.*)$/s.exec(part) ?? [];
    return pointer === undefined ? missing(spec, operation, part, at) : fieldFault(spec, operation, pointer, at);
  });
}

function queueFaults(spec: Spec, rule: SpecValue | undefined): readonly Diagnostic[] {
  if (!isObject(rule) || typeof rule.queue !== "number" || rule.queue === 0) return [];
  if (typeof rule.wait === "string" && /[1-9]/.test(rule.wait)) return [];
  const fix = "Say how long they may wait: wait: 2s.";
  return [error("SP341", "queue: nobody may wait in it for any time", fix, spec.at(rule, "queue", "key"))];
}

function costFaults(
  spec: Spec,
  { method, path }: OperationPlace,
  limit: SpecObject,
  cost: number,
): readonly Diagnostic[] {
  const { unit, tiers } = limit;
  if (unit !== undefined && unit !== "requests") return [];
  const most = (one: SpecObject) => one.burst ?? one.limit;
  const plans = isObject(tiers) ? Object.values(tiers).filter(isObject) : [];
  const smallest = Math.min(...[limit, ...plans].map(most).filter((one) => typeof one === "number"));
  if (cost <= smallest) return [];
  const message = `One call of ${method} ${path} costs ${cost}, and the limit never has room for more than ${smallest}`;
  return [error("SP343", message, "Raise the burst or the limit, or lower the cost.", spec.at(limit))];
}
