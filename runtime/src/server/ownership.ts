import type { Principal } from "../credentials/principal.js";
import type { ObjectRule } from "../policy/index.js";
import type { Ground } from "./blueprint.js";
import { isThenable } from "./guard.js";

/** Whose signal tells that nobody waits any more. It is asked for where somebody looks at it: it costs a controller. */
interface Given {
  readonly signal: AbortSignal;
}

/** Whether an object is the caller's to act on. A function of the user's may take its time. */
export type Ownership = (
  found: object,
  principal: Principal | undefined,
  given: Given,
) => boolean | PromiseLike<boolean>;

/** The judgement of an object rule, roles aside. */
export function compileOwnership(rule: ObjectRule, ground: Ground): Ownership {
  if (rule.kind !== "custom") {
    const fact = rule.kind === "tenant" ? "tenant" : rule.equals;
    return (found, principal) => {
      const owner = asText(Reflect.get(found, rule.field));
      const caller = principal?.[fact];
      return owner !== undefined && caller !== undefined && caller !== "" && owner === caller;
    };
  }
  const judge = ground.rules.get(rule.rule);
  if (judge === undefined) throw new TypeError(`No rule "${rule.rule}"`);
  return (found, principal, given) => {
    // Without a caller there is nobody to judge.
    if (principal === undefined) return false;
    const verdict: unknown = judge(found, new Context(principal, given));
    // Only true is yes: whatever else a function answers by mistake must not be.
    return isThenable(verdict) ? verdict.then((answer) => answer === true) : verdict === true;
  };
}

/** What rules are told. A class, for its getter: a literal with one takes a shape of its own with each call. */
class Context {
  readonly #given: Given;

  constructor(
    readonly principal: Principal,
    given: Given,
  ) {
    this.#given = given;
  }

  get signal(): AbortSignal {
    return this.#given.signal;
  }
}

/** Whether the judgement says that the caller owns the object: tenants share theirs, and why a function says yes nobody knows. */
export function provesOwner(rule: ObjectRule): boolean {
  return rule.kind === "owner" && rule.equals !== "tenant";
}

/** Text and numbers name things; nothing else is guessed at. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}
