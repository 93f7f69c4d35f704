import type { RoleRule } from "./roles.js";

/**
 * Who sees a property of a response (OWASP API3): by its place in the body, a JSON pointer (RFC 6901) in which `*` is every item of
 * a list or value of a map, and `**` any depth. Whoever does not hold the rule gets the response without the property.
 */
export type ReadRules = Readonly<Record<`/${string}`, RoleRule>>;

/** Who may send a property of a request. */
export interface WriteRule {
  /** The roles that may. Everybody may where it is absent. */
  readonly by?: RoleRule;
  /** Whether the value must be the one that the loaded object has. Nothing is equal to it where none is loaded. */
  readonly unchanged?: true;
  /** What happens to a value that may not be sent: the call is refused, or goes on without it. `reject` where absent. */
  readonly otherwise?: "reject" | "ignore";
}

/** Rules by place: a part of the request, and a pointer into it as in `ReadRules`. */
export type WriteRules = Readonly<Record<`${"body" | "query" | "header" | "cookie"}:/${string}`, WriteRule>>;
