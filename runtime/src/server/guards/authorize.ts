import type { Identity, Principal } from "../../credentials/principal.js";
import type { Exchange } from "../../http/exchange.js";
import type { SchemeUse } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { forbidden, unauthenticated } from "../../problem/refusals.js";
import type { Blueprint, Ground } from "../blueprint.js";
import { challenges, named } from "../challenges.js";
import type { Guard } from "../guard.js";
import { needsScopes, reaches, schemesOf } from "../needs.js";
import { satisfies } from "../roles.js";
import { type CallerCounted, type Permitted, prove } from "../states.js";

/** Whether the caller may call this operation: the scopes and roles that the alternative asks for, and then the role rule. */
export const authorize: Guard<CallerCounted, Permitted> = {
  name: "authorize",
  compile: (operation, ground) => {
    const { access, authz } = operation.policy;
    if (access.kind === "public" && authz === undefined) return undefined;
    return (call) => {
      const short = shortfall(call, ground);
      if (short !== undefined) return insufficient(short, call.exchange, ground);
      const roles = call.principal?.roles ?? nobodys;
      if (authz !== undefined && !satisfies(authz, roles)) return denied(call, operation, ground);
      return prove(call, "roles", roles);
    };
  },
};

interface Shortfall {
  readonly use: SchemeUse;
  readonly scopes: boolean;
}

function shortfall({ clause, principal }: CallerCounted, ground: Ground): Shortfall | undefined {
  for (const use of clause?.allOf ?? []) {
    const scopes = needsScopes(ground.api, use.scheme);
    const identity = credentialOf(principal, use.scheme);
    if (identity === undefined || !reaches(use, identity, scopes, ground.roles)) return { use, scopes };
  }
  return undefined;
}

function credentialOf(principal: Principal | undefined, scheme: string): Identity | undefined {
  if (principal === undefined || !Object.hasOwn(principal.credentials, scheme)) return undefined;
  return principal.credentials[scheme];
}

function insufficient({ use, scopes }: Shortfall, exchange: Exchange, ground: Ground): Refusal {
  if (!scopes) return forbidden(`"${use.scheme}" lacks a role of ${use.needs.join(", ")}`);
  const scope = use.needs.join(" ");
  // RFC 6750, 3.1: a valid token without the scope is 403, not 401, and says which scope would do.
  const errors = new Map([[use.scheme, { error: "insufficient_scope", scope }]]);
  return new Refusal("insufficient_scope", {
    status: 403,
    title: "The credential does not reach",
    headers: challenges(named([use.scheme], ground), errors, exchange, ground),
    extensions: { scope },
  });
}

/** RFC 9110, 15.5.2 and 15.5.4: whom a credential could help is told so; who has one that does not reach is refused. */
function denied({ principal, exchange }: CallerCounted, { policy }: Blueprint, ground: Ground): Refusal {
  if (principal !== undefined || policy.access.kind === "public") return forbidden("the role rule does not hold");
  return unauthenticated(challenges(named(schemesOf(policy.access.anyOf), ground), new Map(), exchange, ground));
}

const nobodys: ReadonlySet<string> = new Set();
