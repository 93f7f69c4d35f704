import type { Identity } from "../credentials/principal.js";
import type { ApiPolicy, Clause, SchemeUse } from "../policy/index.js";
import type { Roles } from "./roles.js";

/** Whether what a scheme `needs` are scopes. For every kind but OAuth 2.0 and OpenID Connect they are roles (OpenAPI 3.1, 4.8.30). */
export function needsScopes(api: ApiPolicy, name: string): boolean {
  const scheme = api.schemes[name];
  return scheme?.kind === "token" && scheme.type !== "bearer";
}

/** Whether a credential is enough for one entry of a requirement. */
export function reaches({ needs }: SchemeUse, identity: Identity, scopes: boolean, roles: Roles): boolean {
  if (needs.length === 0) return true;
  const held = scopes ? identity.scopes : roles.of(identity.roles);
  return needs.every((need) => held.has(need));
}

/** The schemes that an operation's alternatives speak of, each once, in order. */
export function schemesOf(clauses: readonly Clause[]): readonly string[] {
  return [...new Set(clauses.flatMap((clause) => clause.allOf.map((use) => use.scheme)))];
}
