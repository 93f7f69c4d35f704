import { identifier } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { generic, union } from "../../code/shapes.js";
import { code } from "../../code/template.js";
import type { Api, Operation } from "../../model/api.js";
import type { PrincipalMapping } from "../../model/security.js";

/** The roles that there are. */
export function roleType({ roles }: Api): Code {
  return roles.length === 0 ? code`never` : union(roles.map(({ name }) => literal(name)));
}

/**
 * What a handler knows of its caller. Nobody is known where everybody may call; somebody may be where `{}` lets strangers in.
 * @param principal the type of `@sallyport/runtime/server`.
 */
export function principalType({ access, object }: Operation, api: Api, principal: Code): Code | undefined {
  if (access.kind === "public") return undefined;
  const clauses = access.anyOf.filter((clause) => clause.length > 0);
  const mappings = clauses.map(([first]) => mappingOf(api, first?.scheme));
  const claims = mappings
    .map(claimsOf)
    .reduce((all, some) => all.filter((one) => some.includes(one)), claimsOf(mappings[0]));
  const strict = object?.whose.kind === "tenant" && object.unless.length === 0;
  const hasTenant = strict || (mappings.length > 0 && mappings.every((one) => one?.tenant !== undefined));
  const known = generic(principal, [
    identifier("Role"),
    ...(claims.length > 0 || hasTenant ? [claims.length === 0 ? code`never` : union(claims.map(literal))] : []),
    ...(hasTenant ? [code`string`] : []),
  ]);
  return clauses.length < access.anyOf.length ? code`${known} | undefined` : known;
}

/** The principal is that of the first credential of a clause. */
function mappingOf(api: Api, name: string | undefined): PrincipalMapping | undefined {
  const scheme = api.schemes.find((one) => one.name === name);
  return scheme?.kind === "token" ? scheme.principal : undefined;
}

/** Claims without which a token is refused. */
function claimsOf(mapping: PrincipalMapping | undefined): readonly string[] {
  if (mapping === undefined) return [];
  return [...new Set(mapping.id)].sort();
}
