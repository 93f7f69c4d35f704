import type { Code } from "../../code/layout.js";
import { codeSpan, prose } from "../../code/markdown.js";
import { code, join } from "../../code/template.js";
import type { Api, Operation } from "../../model/api.js";
import type { ObjectRule, RoleRule, SchemeUse } from "../../model/security.js";

/** What a caller needs, in words: credentials with their scopes, roles, a sign-in of late. */
export function needsCode({ access, authz, stepUp, object }: Operation): Code {
  const ways = access.kind === "public" ? [code`nothing`] : access.anyOf.map(clauseCode);
  const acr = stepUp?.acr === undefined ? [] : [code`signed in as ${join(stepUp.acr.map(codeSpan), code` or `)}`];
  const age = stepUp?.maxAge === undefined ? [] : [code`signed in within ${codeSpan(stepUp.maxAge)}`];
  return join(
    [
      join(ways, code`, or `),
      ...(authz === undefined ? [] : [code`role ${roleCode(authz)}`]),
      ...ownCode(object),
      ...acr,
      ...age,
    ],
    code`; `,
  );
}

/** Whose objects a caller may act on: another's is not found. */
function ownCode(rule: ObjectRule | undefined): readonly Code[] {
  if (rule === undefined) return [];
  const { whose, unless, type } = rule;
  const except = unless.length === 0 ? code`` : code`, unless role ${join(unless.map(codeSpan), code` or `)}`;
  if (whose.kind === "owner") return [code`the caller's own ${codeSpan(type)}${except}`];
  if (whose.kind === "tenant") return [code`${codeSpan(type)} of the caller's tenant${except}`];
  return [code`${codeSpan(type)} by the rule ${codeSpan(whose.rule)}${except}`];
}

function clauseCode(clause: readonly SchemeUse[]): Code {
  return clause.length === 0 ? code`nothing` : join(clause.map(useCode), code` and `);
}

function useCode({ scheme, needs }: SchemeUse): Code {
  const name = codeSpan(scheme);
  return needs.length === 0 ? name : code`${name} with ${join(needs.map(codeSpan), code` `)}`;
}

function roleCode(rule: RoleRule): Code {
  switch (rule.kind) {
    case "role":
      return codeSpan(rule.role);
    case "anyRole":
      return code`(${join(rule.of.map(roleCode), code` or `)})`;
    case "allRoles":
      return code`(${join(rule.of.map(roleCode), code` and `)})`;
    case "owner":
      return code`owner`;
    case "deny":
      return code`nobody has`;
  }
}

/** How often an operation may be called. */
export function limitsCode({ limits, pace }: Operation, api: Api): Code {
  const named = limits.flatMap(({ name }) => api.limits.filter((one) => one.name === name));
  const rates = named.map(
    ({ limit, window, unit = "requests", name }) =>
      code`${codeSpan(String(limit))} ${prose(unit)} in ${codeSpan(window)} (${codeSpan(name)})`,
  );
  const { concurrency } = pace;
  const together = concurrency === undefined ? [] : [code`${codeSpan(String(concurrency.max))} at once`];
  const all = [...rates, ...together];
  return all.length === 0 ? code`—` : join(all, code`, `);
}

/** What else a caller should know: an end in sight, a key that makes it safe to repeat, a server of its own. */
export function remarksCode({ deprecated, lifecycle, idempotency, retries, servers }: Operation): Code {
  const since = lifecycle === undefined ? [] : [code` since ${prose(lifecycle.deprecatedAt)}`];
  const until = lifecycle?.sunset === undefined ? [] : [code`, ends ${prose(lifecycle.sunset)}`];
  const instead = lifecycle?.successor === undefined ? [] : [code`; use ${codeSpan(lifecycle.successor)}`];
  const all = [
    ...(deprecated ? [join([code`**deprecated**`, ...since, ...until, ...instead])] : []),
    ...(idempotency === undefined ? [] : [code`repeated under an idempotency key`]),
    ...(retries.when === "never" ? [code`never repeated`] : []),
    ...(servers[0] === undefined ? [] : [code`at ${codeSpan(servers[0].url)}`]),
  ];
  return all.length === 0 ? code`—` : join(all, code`; `);
}
