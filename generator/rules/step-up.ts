import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { error } from "./complaint.js";
import { layersOf } from "./layers.js";
import { effectiveSecurity, follow, operationsOf } from "./operations.js";
import { isObject } from "./places.js";

/** RFC 9470: how a user signed in is said by tokens. Whoever comes by something else could never satisfy the rule. */
export function stepUpFaults(spec: Spec): readonly Diagnostic[] {
  return operationsOf(spec).flatMap((operation) => {
    const layer = layersOf(spec, operation).find(({ said }) => Object.hasOwn(said, "stepUp"));
    const rule = layer?.said.stepUp;
    if (layer === undefined || !isObject(rule) || Object.keys(rule).length === 0) return [];
    const silent = (effectiveSecurity(spec, operation) ?? []).filter((one) => isSilent(spec, one));
    if (silent.length === 0) return [];
    const names = silent.map((one) => Object.keys(isObject(one) ? one : {}).join(" and ")).join(", ");
    const message = `${operation.method} ${operation.path} asks for a sign-in, and callers by ${names} have none`;
    const fix = "Ask for a token in each alternative of security, or say stepUp: {} here.";
    return [error("SP216", message, fix, spec.at(layer.said, "stepUp", "key"))];
  });
}

/** An alternative without a token. The empty one is the anonymous caller, of whom SP206 speaks. */
function isSilent(spec: Spec, requirement: SpecValue): boolean {
  if (!isObject(requirement)) return false;
  const names = Object.keys(requirement);
  return names.length > 0 && !names.some((name) => isToken(schemeOf(spec, name)));
}

function schemeOf(spec: Spec, name: string): SpecObject | undefined {
  const components = isObject(spec.root.components) ? spec.root.components : {};
  const schemes = isObject(components.securitySchemes) ? components.securitySchemes : {};
  return Object.hasOwn(schemes, name) ? follow(spec, schemes[name]) : undefined;
}

/** A scheme that is not there is complained of elsewhere. */
function isToken(scheme: SpecObject | undefined): boolean {
  if (scheme === undefined) return true;
  const { type } = scheme;
  return type === "oauth2" || type === "openIdConnect" || String(scheme.scheme).toLowerCase() === "bearer";
}
