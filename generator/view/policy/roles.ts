import { use } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { call } from "../../code/shapes.js";
import type { RoleRule } from "../../model/security.js";
import { modules } from "../names.js";

const word = (name: string) => use(name, modules.policy);

/** Which callers a rule is for. */
export function roleCode(rule: RoleRule): Code {
  switch (rule.kind) {
    case "role":
      return call(word("role"), [literal(rule.role)]);
    case "anyRole":
    case "allRoles":
      return call(word(rule.kind), rule.of.map(roleCode));
    case "owner":
      return word("objectOwner");
    case "deny":
      return word("deny");
    default:
      return rule satisfies never;
  }
}
