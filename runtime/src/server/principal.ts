import type { Identity, Principal } from "../credentials/principal.js";
import type { Clause } from "../policy/index.js";
import type { Ground } from "./blueprint.js";

/**
 * Makes the principal of a caller who came in by this clause. An identity that is frozen is handed to many calls, by a cache: what is made of
 * it is made once, and frozen too, so that what one handler does to it does not reach another.
 */
export function compilePrincipal(
  clause: Clause,
  ground: Ground,
): (identities: readonly Identity[]) => Principal | undefined {
  const known = new WeakMap<Identity, Principal>();
  return (identities) => {
    const [first] = identities;
    if (first === undefined) return undefined;
    const found = identities.length === 1 ? known.get(first) : undefined;
    if (found !== undefined) return found;
    const principal = toPrincipal(clause, first, identities, ground);
    if (identities.length === 1 && Object.isFrozen(first)) known.set(first, freeze(principal));
    return principal;
  };
}

function freeze(principal: Principal): Principal {
  Object.freeze(principal.credentials);
  return Object.freeze(principal);
}

function toPrincipal(clause: Clause, first: Identity, identities: readonly Identity[], ground: Ground): Principal {
  // By the name that the clause has for the scheme, whatever the verifier calls it. Without a prototype, so that none is there by
  // accident.
  const credentials: Record<string, Identity> = { __proto__: null } as never;
  clause.allOf.forEach((use, at) => {
    const identity = identities[at];
    if (identity !== undefined) credentials[use.scheme] = identity;
  });
  const { scheme, id, subject, issuer, client, tenant, scopes, claims } = first;
  // All credentials of the clause were verified, so the roles of each count.
  const roles =
    identities.length === 1
      ? ground.roles.of(first.roles)
      : ground.roles.expand(identities.flatMap((one) => [...one.roles]));
  return { scheme, id, subject, issuer, client, tenant, scopes, roles, claims, credentials };
}
