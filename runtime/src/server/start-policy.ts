import { codecOf, essenceOf, isItems } from "../http/codec.js";
import { heldNames } from "../http/held.js";
import {
  type Access,
  type Bounds,
  missingTemporal,
  type OperationPolicy,
  toMilliseconds,
  toOctets,
  type Wire,
} from "../policy/index.js";
import type { Complain } from "../problem/start-error.js";
import type { Contract, OperationContract, OperationSchemas } from "./contract.js";
import { needsScopes } from "./needs.js";
import { rolesOf } from "./roles.js";
import { checkObject, checkProperties } from "./start-access.js";
import type { Flaw } from "./start-handlers.js";
import { checkIdempotency } from "./start-idempotency.js";
import { checkLimits } from "./start-limits.js";
import { checkUrls } from "./start-urls.js";
import { checkVersions } from "./start-versions.js";

/**
 * Reads everything of the policy that a guard will rely on. What cannot be read must not become "no limit", so it stops the start
 * and not the first call.
 */
export function checkPolicy(contract: Contract, complain: Complain): void {
  checkBounds("api", contract.api.bounds, complain);
  checkRoles(contract, complain);
  checkVersions(contract, complain);
  for (const [id, operation] of Object.entries(contract.operations)) {
    const flaw: Flaw = (message) => complain("invalid_policy", `${id}: ${message}`);
    checkEntry(operation, flaw);
    checkHeld(operation, flaw);
    checkLimits(operation.policy, operation.wire, flaw);
    checkIdempotency(operation, flaw);
    checkLifecycle(operation, flaw);
    checkCors(operation, flaw);
    checkStepUp(operation, flaw);
    checkInput(operation, flaw);
    checkObject(operation, flaw);
    checkProperties(operation, flaw);
    checkUrls(operation, flaw);
    if (operation.policy.bounds !== undefined) checkBounds(id, operation.policy.bounds, complain);
  }
}

function checkEntry({ policy, schemas }: OperationContract, flaw: Flaw): void {
  const { access, method, path } = policy;
  // TRACE shows a caller its own credentials as intermediaries changed them (R13); CONNECT is for proxies.
  if (method === "TRACE" || method === "CONNECT") flaw(`${method} is never served.`);
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) flaw("the method is no token.");
  if (!path.startsWith("/")) flaw("the path does not start with a slash.");
  if (access.kind !== "public" && access.kind !== "restricted") flaw("the access is neither public nor restricted.");
  if (access.kind === "restricted" && access.anyOf.length === 0) flaw("the access has no alternative.");
  if (Object.keys(schemas.responses).length === 0) flaw("no response is declared.");
}

/** What code is to hold must be there to be held. */
function checkHeld({ wire: { held } }: OperationContract, flaw: Flaw): void {
  const missing = held === undefined ? undefined : missingTemporal(heldNames(held));
  if (missing !== undefined) flaw(`${missing}.`);
}

/** A rule that asks for nothing would be no rule, and one that cannot be read must not let anybody past. */
function checkStepUp({ policy: { stepUp, access } }: OperationContract, flaw: Flaw): void {
  if (stepUp === undefined) return;
  const { acr, maxAge } = stepUp;
  if ((acr === undefined || acr.length === 0) && maxAge === undefined) flaw("stepUp asks for neither acr nor maxAge.");
  if (acr?.some((value) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)) === true)
    flaw("stepUp.acr holds what is no acr value.");
  if (maxAge !== undefined && !readable(() => toMilliseconds(maxAge) > 0)) flaw("stepUp.maxAge is no duration.");
  if (access.kind === "public") flaw("stepUp asks for a sign-in where nobody is known.");
}

function checkLifecycle({ policy: { lifecycle } }: OperationContract, flaw: Flaw): void {
  for (const key of ["deprecatedAt", "sunset"] as const) {
    const date = lifecycle?.[key];
    if (date !== undefined && Number.isNaN(Date.parse(date))) flaw(`${key} is no date.`);
  }
}

/** What would open an operation to every page with its visitor's credentials does not start (R48). */
function checkCors({ policy: { cors } }: OperationContract, flaw: Flaw): void {
  if (cors === undefined) return;
  if (!readable(() => toMilliseconds(cors.maxAge) >= 0)) flaw("cors.maxAge is no duration.");
  if (cors.origins.length === 0) flaw("cors has no origin.");
  if (cors.origins.includes("*") && (cors.credentials || cors.origins.length > 1))
    flaw('cors: "*" stands alone, and without credentials.');
  if (cors.origins.includes("null")) flaw("cors: null is everybody's origin.");
}

/** A part that is read and not validated would reach the handler as the caller wrote it (R38). */
function checkInput({ policy, wire, schemas, multipart }: OperationContract, flaw: Flaw): void {
  checkStreams(policy, wire, schemas, flaw);
  const answers = Object.values(schemas.responses).flatMap((one) => Object.keys(one));
  const isMultipart = (media: string) => codecOf(essenceOf(media)) === "multipart";
  if (multipart === undefined && [...(wire.body?.media ?? []), ...answers].some(isMultipart))
    flaw("a body is multipart, and nothing reads or writes it.");
  for (const part of ["path", "query", "header", "cookie"] as const) {
    if ((wire[part]?.length ?? 0) > 0 && schemas[part] === undefined) flaw(`${part} has no schema.`);
  }
  for (const media of wire.body?.media ?? []) {
    if (schemas.body === undefined || !Object.hasOwn(schemas.body, media)) flaw(`the body has no schema for ${media}.`);
  }
}

/** Who may see or set a property is judged on whole values: on what comes piece by piece it would be judged on nothing (R26, R27). */
function checkStreams(
  { read = {}, write = {} }: OperationPolicy,
  { body }: Wire,
  { responses }: OperationSchemas,
  flaw: Flaw,
): void {
  const streams = (media: string) => ["multipart", "octets"].includes(codecOf(media)) || isItems(codecOf(media));
  const answers = Object.values(responses).flatMap((one) => Object.keys(one).map(essenceOf));
  if (
    Object.keys(read).length > 0 &&
    answers.some((media) => isItems(codecOf(media)) || codecOf(media) === "multipart")
  )
    flaw("rules of who may read a property do not hold in multipart bodies and streams of items.");
  const writesBody = Object.keys(write).some((place) => place.startsWith("body:"));
  if (writesBody && body?.media.map(essenceOf).some(streams) === true)
    flaw("rules of who may write a property do not hold in multipart bodies and streams.");
}

function checkBounds(where: string, bounds: Bounds, complain: Complain): void {
  if (!readable(() => toOctets(bounds.body) > 0)) complain("invalid_policy", `${where}: limits.body is no size.`);
  if (!isCount(bounds.depth)) complain("invalid_policy", `${where}: limits.depth is no count.`);
  for (const key of ["parts", "keys", "items", "inflateRatio"] as const)
    if (!isCount(bounds[key] ?? 1)) complain("invalid_policy", `${where}: limits.${key} is no count.`);
  for (const key of ["readTimeout", "timeout"] as const) {
    const duration = bounds[key] ?? "1s";
    if (!readable(() => toMilliseconds(duration) > 0))
      complain("invalid_policy", `${where}: limits.${key} is no duration.`);
  }
  for (const key of ["file", "url", "headers"] as const) {
    const size = bounds[key] ?? "1B";
    if (!readable(() => toOctets(size) > 0)) complain("invalid_policy", `${where}: limits.${key} is no size.`);
  }
}

function checkRoles({ api, operations }: Contract, complain: Complain): void {
  const check = (where: string, names: readonly string[]) => {
    for (const name of names.filter((one) => !Object.hasOwn(api.roles, one))) {
      complain("unknown_role", `${where}: the role "${name}" does not exist.`);
    }
  };
  for (const [name, inherited] of Object.entries(api.roles)) check(`roles.${name}`, inherited);
  for (const [id, { policy }] of Object.entries(operations)) {
    const written = Object.values(policy.write ?? {}).flatMap(({ by }) => by ?? []);
    const rules = [
      ...(policy.authz === undefined ? [] : [policy.authz]),
      ...Object.values(policy.read ?? {}),
      ...written,
    ];
    check(id, rolesNeeded(policy.access, api));
    check(id, [...rules.flatMap(rolesOf), ...(policy.object?.unless ?? []), ...exemptOf(policy)]);
  }
}

function exemptOf({ limits = [] }: OperationPolicy): readonly string[] {
  return limits.flatMap(({ exempt = [] }) => exempt);
}

/** Roles that a credential must have: every need of a scheme that has no scopes (OpenAPI 3.1, 4.8.30). */
function rolesNeeded(access: Access, api: Contract["api"]): readonly string[] {
  if (access.kind !== "restricted") return [];
  return access.anyOf.flatMap(({ allOf }) =>
    allOf.flatMap(({ scheme, needs }) => (needsScopes(api, scheme) ? [] : needs)),
  );
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function readable(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
