import type { Role } from "../model/api.js";
import type { RoleRule } from "../model/security.js";
import type { SpecValue } from "../model/spec.js";
import { byText, entriesOf, listOf, objectOf, sorted, textsOf } from "./node.js";

/** The roles of the root, sorted, each with those it inherits directly. */
export function lowerRoles(roles: SpecValue | undefined): readonly Role[] {
  return entriesOf(roles)
    .map(([name, role]) => ({ name, inherits: sorted(textsOf(objectOf(role)?.inherits)) }))
    .sort((a, b) => byText(a.name, b.name));
}

/** Whether an `authz` expression asks for no role, but for somebody: `authenticated`, or the AND of nothing. */
export function asksForAnybody(authz: SpecValue | undefined): boolean {
  return authz === "authenticated" || listOf(objectOf(authz)?.allOf)?.length === 0;
}

/** The roles that `authz` asks for; `undefined` where it asks for none. */
export function lowerAuthz(authz: SpecValue | undefined): RoleRule | undefined {
  if (authz === undefined || authz === null || isOff(authz) || asksForAnybody(authz)) return undefined;
  return ruleOf(authz);
}

/** Who sees or sends a property. Here `owner` is who owns the object of the call. */
export function lowerPropertyRule(said: SpecValue): RoleRule {
  return ruleOf(said, { kind: "owner" });
}

/** `none`, alone or with its reason. */
function isOff(authz: SpecValue): boolean {
  return authz === "none" || objectOf(authz)?.none !== undefined;
}

// What is no expression of the vocabulary denies: a rule that is not understood must not let anybody in.
function ruleOf(authz: SpecValue, owner: RoleRule = { kind: "deny" }): RoleRule {
  if (authz === "deny") return { kind: "deny" };
  if (authz === "owner") return owner;
  if (typeof authz === "string") return { kind: "role", role: authz };
  const any = listOf(objectOf(authz)?.anyOf);
  if (any !== undefined) return combine("anyRole", any, owner);
  const all = listOf(objectOf(authz)?.allOf);
  return all === undefined ? { kind: "deny" } : combine("allRoles", all, owner);
}

function combine(kind: "anyRole" | "allRoles", parts: readonly SpecValue[], owner: RoleRule): RoleRule {
  const of = parts.map((part) => ruleOf(part, owner)).sort((a, b) => byText(sortKey(a), sortKey(b)));
  const [only] = of;
  if (only === undefined) return kind === "anyRole" ? { kind: "deny" } : { kind, of };
  return of.length === 1 ? only : { kind, of };
}

/** Names first, then compounds. */
function sortKey(rule: RoleRule): string {
  return rule.kind === "role" ? `0${rule.role}` : `1${JSON.stringify(rule)}`;
}
