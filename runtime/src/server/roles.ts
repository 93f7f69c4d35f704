import type { RoleRule, RoleTable } from "../policy/index.js";

/** The role hierarchy, closed once at start. */
export interface Roles {
  /** These roles and all that they inherit. A name that is not in the table stands for nothing. */
  readonly expand: (held: Iterable<string>) => ReadonlySet<string>;
  /** The same for the roles of a credential: what they inherit is found out once for each set. */
  readonly of: (held: ReadonlySet<string>) => ReadonlySet<string>;
}

/** Closes a role table. A cycle ends where it began: all roles on it are one. */
export function closeRoles(table: RoleTable): Roles {
  const closed = new Map(Object.keys(table).map((name) => [name, reach(name, table)]));
  const known = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();
  const expand = (held: Iterable<string>): ReadonlySet<string> => {
    const all = new Set<string>();
    for (const name of held) for (const role of closed.get(name) ?? []) all.add(role);
    return all;
  };
  const of = (held: ReadonlySet<string>): ReadonlySet<string> => {
    const found = known.get(held);
    if (found !== undefined) return found;
    const all = expand(held);
    known.set(held, all);
    return all;
  };
  return { expand, of };
}

function reach(name: string, table: RoleTable): ReadonlySet<string> {
  const seen = new Set<string>([name]);
  for (const role of seen) {
    for (const inherited of Object.hasOwn(table, role) ? (table[role] ?? []) : []) seen.add(inherited);
  }
  return seen;
}

/**
 * Whether a caller with these roles satisfies a rule. No alternatives at all are nobody's.
 * @param owns whether the object is the caller's own, where the rule is about a property of it.
 */
export function satisfies(rule: RoleRule, roles: ReadonlySet<string>, owns = false): boolean {
  switch (rule.kind) {
    case "role":
      return roles.has(rule.role);
    case "anyRole":
      return rule.of.some((one) => satisfies(one, roles, owns));
    case "allRoles":
      return rule.of.every((one) => satisfies(one, roles, owns));
    case "owner":
      return owns;
    case "deny":
      return false;
    default:
      rule satisfies never;
      return false;
  }
}

/** The names that a rule speaks of. */
export function rolesOf(rule: RoleRule): readonly string[] {
  if (rule.kind === "role") return [rule.role];
  return rule.kind === "deny" || rule.kind === "owner" ? [] : rule.of.flatMap(rolesOf);
}

/** Whether a rule speaks of the object's owner. */
export function speaksOfOwner(rule: RoleRule): boolean {
  if (rule.kind === "owner") return true;
  return rule.kind !== "role" && rule.kind !== "deny" && rule.of.some(speaksOfOwner);
}
