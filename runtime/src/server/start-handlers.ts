import type { Verifier } from "../credentials/verifier.js";
import type { SchemePolicy } from "../policy/index.js";
import type { Complain } from "../problem/start-error.js";
import type { Call, Contract, CustomRule, Handler, HandlerReply, Loader } from "./contract.js";
import { schemesOf } from "./needs.js";

/** Says what is wrong with one operation. */
export type Flaw = (message: string) => void;

type Member = Readonly<Record<string, unknown>>;

/** The handlers by operation. Complains of every one that is missing, and of every one that no operation asks for. */
export function findHandlers(
  contract: Contract,
  groups: object,
  complain: Complain,
): ReadonlyMap<string, Handler<Call, HandlerReply>> {
  const found = new Map<string, Handler<Call, HandlerReply>>();
  const wanted = new Map<string, Set<string>>();
  for (const [id, { group }] of Object.entries(contract.operations)) {
    wanted.set(group, (wanted.get(group) ?? new Set()).add(id));
    const handler = ownMember(ownMember(groups, group), id);
    if (isHandler(handler)) found.set(id, handler);
    else complain("missing_handler", `handlers.${group}.${id} is not a function.`);
  }
  for (const [group, members] of Object.entries(groups)) {
    const known = wanted.get(group);
    if (known === undefined) complain("unknown_handler", `handlers.${group} is no group of this API.`);
    for (const id of known !== undefined && isObject(members) ? Object.keys(members) : []) {
      if (known?.has(id) !== true) complain("unknown_handler", `handlers.${group}.${id} is no operation of this API.`);
    }
  }
  return found;
}

/** The verifiers by scheme, of the kind that the spec gives it. */
export function findVerifiers(contract: Contract, schemes: object, complain: Complain): ReadonlyMap<string, Verifier> {
  const found = new Map<string, Verifier>();
  const declared = contract.api.schemes;
  for (const name of usedSchemes(contract)) {
    const policy = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (policy === undefined)
      complain("unknown_scheme", `The policy uses the scheme "${name}" and does not define it.`);
    else if (!Object.hasOwn(schemes, name))
      complain("missing_verifier", `schemes.${name} is missing: ${hint(policy)}.`);
  }
  for (const [name, verifier] of Object.entries(schemes)) {
    const policy = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (policy === undefined) complain("unknown_verifier", `schemes.${name} is no security scheme of this API.`);
    else if (!isVerifier(verifier)) complain("wrong_verifier", `schemes.${name} is not a verifier: ${hint(policy)}.`);
    else if (verifier.kind !== policy.kind) {
      complain("wrong_verifier", `schemes.${name} verifies "${verifier.kind}", the spec says "${policy.kind}".`);
    } else found.set(name, verifier);
  }
  return found;
}

/** The loaders by type of object. */
export function findLoaders(
  contract: Contract,
  objects: object,
  complain: Complain,
): ReadonlyMap<string, Loader<unknown>> {
  const found = new Map<string, Loader<unknown>>();
  const types = new Set(
    Object.values(contract.operations).flatMap(({ policy }) =>
      policy.object === undefined || "list" in policy.object ? [] : [policy.object.type],
    ),
  );
  for (const type of types) {
    const loader = ownMember(objects, type);
    if (isLoader(loader)) found.set(type, loader);
    else complain("missing_loader", `objects.${type} is not a function that finds an object by its id.`);
  }
  for (const type of Object.keys(objects)) {
    if (!types.has(type)) complain("unknown_loader", `objects.${type}: no operation has an object rule for it.`);
  }
  return found;
}

/** The object rules of the user's own, by name. */
export function findRules(
  contract: Contract,
  rules: object,
  complain: Complain,
): ReadonlyMap<string, CustomRule<object>> {
  const found = new Map<string, CustomRule<object>>();
  const names = new Set(
    Object.values(contract.operations).flatMap(({ policy: { object } }) =>
      object?.kind === "custom" ? [object.rule] : [],
    ),
  );
  for (const name of names) {
    const rule = ownMember(rules, name);
    if (isRule(rule)) found.set(name, rule);
    else complain("missing_rule", `rules.${name} is not a function that judges an object.`);
  }
  for (const name of Object.keys(rules)) {
    if (!names.has(name)) complain("unknown_rule", `rules.${name}: no operation has an object rule of this name.`);
  }
  return found;
}

function usedSchemes(contract: Contract): ReadonlySet<string> {
  return new Set(
    Object.values(contract.operations).flatMap(({ policy }) =>
      policy.access.kind === "restricted" ? schemesOf(policy.access.anyOf) : [],
    ),
  );
}

function hint(policy: SchemePolicy): string {
  return {
    token: "jwt()",
    apiKey: "apiKeys({ store })",
    basic: "basic(…)",
    http: 'verifier({ kind: "http", … })',
    certificate: "certificates()",
  }[policy.kind];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function ownMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value as Member)[name] : undefined;
}

function isHandler(value: unknown): value is Handler<Call, HandlerReply> {
  return typeof value === "function";
}

function isLoader(value: unknown): value is Loader<unknown> {
  return typeof value === "function";
}

function isRule(value: unknown): value is CustomRule<object> {
  return typeof value === "function";
}

function isVerifier(value: unknown): value is Verifier {
  return typeof ownMember(value, "kind") === "string" && typeof ownMember(value, "bind") === "function";
}
