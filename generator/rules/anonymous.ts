import type { Diagnostic, SourceSpan } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error } from "./complaint.js";
import { layersOf } from "./layers.js";
import { effectiveSecurity, type OperationPlace, operationsOf } from "./operations.js";
import { isObject } from "./places.js";

/** What is asked of a caller who may be nobody cannot be judged: a rule that could never hold, or never bind, is a mistake. */
export function anonymousFaults(spec: Spec): readonly Diagnostic[] {
  return operationsOf(spec).flatMap((operation) => {
    const asked = askedOf(spec, operation);
    const who = anonymousCallers(effectiveSecurity(spec, operation), asksForAnybody(asked.authz?.value));
    if (who === undefined) return [];
    return asksIn(spec, asked).map(({ what, off, key }) => {
      const message = `${operation.method} ${operation.path} ${who}, and ${what} needs to know who calls`;
      return error(
        "SP206",
        message,
        `Ask for a credential, or switch it off here: ${off}.`,
        placeOf(spec, operation, key),
      );
    });
  });
}

/** How nobody gets in, in words; `undefined` where nobody does. */
function anonymousCallers(security: readonly SpecValue[] | undefined, closed: boolean): string | undefined {
  if (security === undefined) return undefined;
  if (security.length === 0) return "is public";
  // `authenticated` closes the door that `{}` opens, where another is left.
  const isNobody = (one: SpecValue) => isObject(one) && Object.keys(one).length === 0;
  const opens = closed ? security.every(isNobody) : security.some(isNobody);
  return opens ? "lets anonymous callers in" : undefined;
}

/** Whether `authz` asks for no role, but for somebody: `authenticated`, or the AND of nothing. */
function asksForAnybody(authz: SpecValue | undefined): boolean {
  return authz === "authenticated" || (isObject(authz) && Array.isArray(authz.allOf) && authz.allOf.length === 0);
}

type Said = Readonly<Record<string, { readonly value: SpecValue | undefined } | undefined>>;

/** What holds for an operation. */
function askedOf(spec: Spec, operation: OperationPlace): Said {
  const layers = [...layersOf(spec, operation)].reverse();
  const entries = layers.flatMap(({ said }) => Object.entries(said));
  return Object.fromEntries(entries.map(([key, value]) => [key, { value }]));
}

interface Ask {
  readonly what: string;
  /** How to say that it is not asked of this operation. */
  readonly off: string;
  readonly key: string;
}

function asksIn(spec: Spec, { authz, stepUp, object, rateLimits }: Said): readonly Ask[] {
  const role = authz?.value;
  const limits = isObject(annotationOf(spec.root)?.rateLimits) ? annotationOf(spec.root)?.rateLimits : undefined;
  const uses = Array.isArray(rateLimits?.value) ? rateLimits.value : [];
  const byPrincipal = uses.some((use) => countsPrincipals(typeof use === "string" ? named(limits, use) : use));
  return [
    // `deny` refuses everybody, known or not.
    ...(role !== undefined && role !== "none" && role !== "deny"
      ? [{ what: "authz", off: "authz: none, with a reason", key: "authz" }]
      : []),
    ...(stepUp !== undefined && Object.keys(stepUp.value ?? {}).length > 0
      ? [{ what: "stepUp", off: "stepUp: {}", key: "stepUp" }]
      : []),
    ...(object !== undefined && object.value !== "public"
      ? [{ what: "object", off: "object: public", key: "object" }]
      : []),
    ...(byPrincipal
      ? [{ what: "a limit by principal", off: "rateLimits with limits by ip only", key: "rateLimits" }]
      : []),
  ];
}

function named(limits: SpecValue | undefined, name: string): SpecValue | undefined {
  return isObject(limits) && Object.hasOwn(limits, name) ? limits[name] : undefined;
}

function countsPrincipals(limit: SpecValue | undefined): boolean {
  return isObject(limit) && Array.isArray(limit.key) && limit.key.includes("principal");
}

/** The operation's own word where it has one; else the operation, as defaults are right for others. */
function placeOf(spec: Spec, { node, holder, key: method }: OperationPlace, key: string): SourceSpan {
  const own: SpecObject | undefined = annotationOf(node);
  return own !== undefined && Object.hasOwn(own, key) ? spec.at(own, key, "key") : spec.at(holder, method, "key");
}
