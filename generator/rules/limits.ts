import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error } from "./complaint.js";
import { limitNodes } from "./limit-nodes.js";
import { isObject, placesOf } from "./places.js";

/** Rate limits that contradict themselves, or that could be turned against those whom they protect. */
export function limitFaults(spec: Spec): readonly Diagnostic[] {
  return limitNodes(spec).flatMap((limit) => [
    ...victimFaults(spec, limit),
    ...contradictions(spec, limit),
    ...planFaults(spec, limit),
  ]);
}

/** What only the caller itself can be: nobody else can use up its guesses. */
const own = new Set(["ip", "principal", "client", "apiKey", "tenant"]);

/** R43: failures that are counted by what the caller claims lock out whoever it claims to be; or, if it claims another thing, nobody. */
function victimFaults(spec: Spec, limit: SpecObject): readonly Diagnostic[] {
  const { key, count } = limit;
  if (count !== "failures" || !Array.isArray(key) || key.some((part) => typeof part === "string" && own.has(part)))
    return [];
  const message = "Failures are counted by what the caller claims alone: anybody could lock anybody out";
  const fix = "Add ip to the key, so that failures from one address leave the account open to all others.";
  return [error("SP340", message, fix, spec.at(limit, "key", "key"))];
}

function contradictions(spec: Spec, limit: SpecObject): readonly Diagnostic[] {
  const { algorithm, unit, count, burst, lockout, tiers } = limit;
  const windowed = algorithm === "fixed" || algorithm === "sliding";
  const concurrent = unit === "concurrent-requests";
  const counted = unit !== undefined && unit !== "requests";
  const bursts = isObject(tiers) && Object.values(tiers).some((tier) => isObject(tier) && tier.burst !== undefined);
  const found: readonly (readonly [boolean, string, string])[] = [
    [lockout !== undefined && count !== "failures", "lockout", "lockout is for failures, and all requests are counted"],
    [count === "failures" && counted, "unit", "failures are counted in requests"],
    [burst !== undefined && (windowed || concurrent), "burst", "a burst is for buckets (gcra, tokenBucket)"],
    [bursts && (windowed || concurrent), "tiers", "a burst is for buckets (gcra, tokenBucket)"],
    [algorithm !== undefined && concurrent, "algorithm", "who is inside is counted in one way only"],
  ];
  return found.flatMap(([holds, key, message]) =>
    holds ? [error("SP341", `${key}: ${message}`, "Leave one of the two out.", spec.at(limit, key, "key"))] : [],
  );
}

/** Nobody has a plan that no scheme reads. */
function planFaults(spec: Spec, { tiers }: SpecObject): readonly Diagnostic[] {
  if (!isObject(tiers) || tiers.by !== "principal.plan") return [];
  const mapped = placesOf(spec).some(({ node, role }) => {
    const principal = role === "scheme" ? annotationOf(node)?.principal : undefined;
    return isObject(principal) && principal.plan !== undefined;
  });
  if (mapped) return [];
  const fix = "Say at the security scheme which claim it is (principal: {plan: …}), or write by: claim:NAME.";
  return [error("SP342", "No scheme says what the plan of a principal is", fix, spec.at(tiers, "by"))];
}
