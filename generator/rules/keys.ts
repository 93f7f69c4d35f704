import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error } from "./complaint.js";
import { isObject, placesOf } from "./places.js";

/** Rules for API keys that contradict each other. */
export function keyFaults(spec: Spec): readonly Diagnostic[] {
  return placesOf(spec)
    .filter(({ role }) => role === "scheme")
    .flatMap(({ node }) => {
      const keys = annotationOf(node)?.apiKey;
      return isObject(keys) ? [...pepperFaults(spec, keys), ...rotationFaults(spec, keys)] : [];
    });
}

/** A reader would take the keys for peppered, and they are not. */
function pepperFaults(spec: Spec, keys: SpecObject): readonly Diagnostic[] {
  if (keys.pepper === undefined || keys.hash === "hmac-sha256") return [];
  const fix = "Say hash: hmac-sha256, or remove the pepper.";
  return [error("SP220", "No hash of these keys takes a pepper", fix, spec.at(keys, "pepper", "key"))];
}

const lengths = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

function rotationFaults(spec: Spec, { rotation }: SpecObject): readonly Diagnostic[] {
  if (!isObject(rotation)) return [];
  const [maxAge, overlap] = [lengthOf(rotation.maxAge), lengthOf(rotation.overlap)];
  if (maxAge === undefined || overlap === undefined || overlap <= maxAge) return [];
  const fix = "Give the overlap some days, and maxAge some weeks.";
  return [
    error(
      "SP221",
      "A key would outlive its rotation: overlap is longer than maxAge",
      fix,
      spec.at(rotation, "overlap"),
    ),
  ];
}

function lengthOf(text: unknown): number | undefined {
  const [, count, unit] = typeof text === "string" ? (/^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []) : [];
  return count === undefined ? undefined : Number(count) * lengths[unit as keyof typeof lengths];
}
