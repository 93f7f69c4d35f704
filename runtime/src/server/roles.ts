import type { RoleRule, RoleTable } from "../policy/index.js";

/** The role hierarchy, closed once at start. */
export interface Roles {
  /** These roles and all that they inherit. A name that is not in the table stands for itself. */
  readonly expand: (held: Iterable<string>) => ReadonlySet<string>;
}

/** Closes a role table. A cycle ends where it began: all roles on it are one. */
export function closeRoles(table: RoleTable): Roles {
  const closed = new Map(Object.keys(table).map((name) => [name, reach(name, table)]));
  return {
    expand: (held) => {
      const all = new Set<string>();
      for (const name of held) for (const role of closed.get(name) ?? [name]) all.add(role);
      return all;
    },
  };
}

function reach(name: string, table: RoleTable): ReadonlySet<string> {
  const seen = new Set<string>([name]);
  for (const role of seen) {
    for (const inherited of Object.hasOwn(table, role) ? (table[role] ?? []) : []) seen.add(inherited);
  }
  return seen;
}

/** Whether a caller with these roles satisfies a rule. No alternatives at all are nobody's. */
export function satisfies(rule: RoleRule, roles: ReadonlySet<string>): boolean {
  switch (rule.kind) {
    case "role":
      return roles.has(rule.role);
    case "anyRole":
      return rule.of.some((one) => satisfies(one, roles));
    case "allRoles":
      return rule.of.every((one) => satisfies(one, roles));
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
  return rule.kind === "deny" ? [] : rule.of.flatMap(rolesOf);
}
