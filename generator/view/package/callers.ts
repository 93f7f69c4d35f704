import type { Api, Operation } from "../../model/api.js";
import type { Scheme } from "../../model/security.js";

/**
 * An API as its callers have to know it: how it is reached, what they must prove, what may be repeated. How the server decides (roles,
 * owners, limits, what is audited and masked, which URLs it takes, where peppers are) is told in words where it concerns them, and stays at home otherwise.
 */
export function forCallers(api: Api): Api {
  return {
    ...api,
    schemes: api.schemes.map(schemeForCallers),
    roles: [],
    limits: [],
    cors: [],
    settings: [],
    operations: api.operations.map((one) => operationForCallers(one, api)),
  };
}

function schemeForCallers(one: Scheme): Scheme {
  const scheme: Scheme = { ...one, mask: "plain" };
  if (scheme.kind === "apiKey")
    return { ...scheme, keys: { ...scheme.keys, hash: "sha256", pepper: [], rotation: undefined } };
  if (scheme.kind !== "token") return scheme;
  return { ...scheme, principal: { id: ["sub"], tenant: undefined, plan: undefined, roles: undefined } };
}

function operationForCallers(operation: Operation, { bounds }: Api): Operation {
  return {
    ...operation,
    authz: undefined,
    stepUp: undefined,
    object: undefined,
    read: [],
    write: [],
    urls: [],
    limits: [],
    pace: { cost: 1, slowDown: undefined, concurrency: undefined },
    bounds,
    cors: undefined,
    audit: undefined,
  };
}
