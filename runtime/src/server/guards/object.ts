import { memberOf, tokensOf, valuesAt } from "../../http/pointer.js";
import type { ListedObjects, NamedObjects, ObjectRule } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { forbidden, internal, notFound } from "../../problem/refusals.js";
import type { Ground } from "../blueprint.js";
import { CallSignal } from "../call-signal.js";
import type { Loader } from "../contract.js";
import { type Guard, isThenable, type Step } from "../guard.js";
import { asText, compileOwnership, type Ownership, provesOwner } from "../ownership.js";
import { inTime } from "../patience.js";
import { type About, type Input, type InputCounted, type Loaded, prove } from "../states.js";

/** The reason that goes to the log and the audit trail when an object is another's; the caller sees a plain 404. */
export const foreignObject = "the object belongs to another principal";

/**
 * Loads what the call is about and lets its owner on (OWASP API1). Who may not know of it is told that it is not there (R25). Of a
 * call that answers a list it finds out which objects the handler may ask for.
 */
export const object: Guard<InputCounted, Loaded> = {
  name: "object",
  compile: ({ policy }, ground) => {
    const rule = policy.object;
    if (rule === undefined) return undefined;
    return "list" in rule ? compileScope(rule) : compileLoad(rule, ground);
  },
};

type Load = Step<InputCounted, Loaded>;

function compileLoad(rule: ObjectRule & NamedObjects, ground: Ground): Load {
  const load = ground.loaders.get(rule.type);
  if (load === undefined) throw new TypeError(`No loader for "${rule.type}"`);
  const idsOf = compileIds(rule);
  const see = compileSight(rule, load, compileOwnership(rule, ground), ground.patience);
  const settleOne = (call: InputCounted, sight: Sight): Loaded | Refusal => {
    if (sight instanceof Refusal) return sight;
    const { found, owned } = sight;
    return prove(call, "about", { object: rule.many ? undefined : found, objects: [found], owned, scope: undefined });
  };
  const settle = (call: InputCounted, sights: readonly Sight[]): Loaded | Refusal => {
    // All were awaited before any is judged: how long the answer takes does not say which of them was another's.
    const refusals = sights.filter((one) => one instanceof Refusal);
    const refusal = refusals.find((one) => one.status >= 500) ?? refusals.find(isForeign) ?? refusals[0];
    if (refusal !== undefined) return refusal;
    const seen = sights.filter((one): one is Seen => !(one instanceof Refusal));
    const objects = seen.map((one) => one.found);
    const owned = seen.every((one) => one.owned);
    return prove(call, "about", { object: rule.many ? undefined : objects[0], objects, owned, scope: undefined });
  };
  return (call) => {
    const ids = idsOf(call.input);
    if (ids === undefined) return notFound();
    const [only] = ids;
    if (only !== undefined && ids.length === 1) {
      const sight = see(only, call);
      return isThenable(sight) ? sight.then((one) => settleOne(call, one)) : settleOne(call, sight);
    }
    // An id that comes twice is one object.
    const distinct = new Map([...new Set(ids)].map((id) => [id, see(id, call)]));
    return Promise.all(distinct.values()).then((sights) => {
      const byId = new Map([...distinct.keys()].map((id, at) => [id, sights[at]]));
      return settle(
        call,
        ids.map((id) => byId.get(id) ?? notFound()),
      );
    });
  };
}

/** An object that the caller may act on, or why not. */
type Sight = Seen | Refusal;

interface Seen {
  readonly found: object;
  readonly owned: boolean;
}

function compileSight(rule: ObjectRule & NamedObjects, load: Loader<unknown>, owns: Ownership, patience: number) {
  const proves = provesOwner(rule);
  const loader = `The loader of "${rule.type}"`;
  const judged = (found: object, mine: boolean, { roles }: InputCounted): Sight => {
    if (mine || rule.unless.some((role) => roles.has(role))) return { found, owned: mine && proves };
    return rule.deny === 404 ? notFound(foreignObject) : forbidden(foreignObject);
  };
  const judge = (found: unknown, call: InputCounted, given: CallSignal): Sight | Promise<Sight> => {
    if (found instanceof Refusal) return found;
    if (found === undefined || found === null) return notFound();
    if (typeof found !== "object") return internal(new TypeError(`${loader} answered no object`));
    const mine = owns(found, call.principal, given);
    if (!isThenable(mine)) return judged(found, mine, call);
    return inTime(mine, patience, `The rule of "${rule.type}"`, given).then((yes) =>
      yes instanceof Refusal ? yes : judged(found, yes, call),
    );
  };
  return (id: string, call: InputCounted): Sight | Promise<Sight> => {
    const given = new CallSignal(call.exchange);
    const found = load(id, given);
    return isThenable(found)
      ? inTime(found, patience, loader, given).then((one) => judge(one, call, given))
      : judge(found, call, given);
  };
}

/** The ids as they were validated, so that loader and handler speak of the same object; `undefined` where one is missing. */
function compileIds({ id, many }: NamedObjects): (input: Input) => readonly string[] | undefined {
  const cut = id.indexOf(":");
  const part = id.slice(0, cut) as "path" | "query" | "header" | "body";
  const name = id.slice(cut + 1);
  if (part !== "body" && !many) {
    return (input) => {
      const text = asText(memberOf(input[part], name));
      return text === undefined ? undefined : [text];
    };
  }
  const tokens = part === "body" ? tokensOf(name) : [name];
  return (input) => {
    const values = valuesAt(input[part], tokens).flatMap((one) => (many && Array.isArray(one) ? one : [one]));
    const texts = values.map(asText).filter((one) => one !== undefined);
    // No id at all is no permission either: a handler may take "none" for "every".
    return texts.length === 0 || texts.length < values.length || (!many && texts.length > 1) ? undefined : texts;
  };
}

function isForeign({ cause }: Refusal): boolean {
  return cause === foreignObject;
}

/** What the handler of a list may ask for: `all`, or objects whose field has this value. */
function compileScope(rule: ObjectRule & ListedObjects): Load {
  const scoped = (scope: unknown): About => ({ object: undefined, objects: [], owned: false, scope });
  return (call) => {
    if (rule.kind === "custom" || rule.unless.some((role) => call.roles.has(role)))
      return prove(call, "about", scoped("all"));
    const fact = rule.kind === "tenant" ? "tenant" : rule.equals;
    const value = call.principal?.[fact];
    if (value === undefined || value === "") return forbidden(`the caller has no ${fact}`);
    return prove(call, "about", scoped(Object.freeze({ [rule.field]: value })));
  };
}
