import { tokensOf, valueAt } from "../../http/pointer.js";
import type { ListedObjects, ObjectRule } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { internal } from "../../problem/refusals.js";
import { type Guard, isThenable } from "../guard.js";
import { compileOwnership, provesOwner } from "../ownership.js";
import { inTime } from "../patience.js";
import { type Answered, prove, type Vouched } from "../states.js";

/** The reason that goes to the log and the audit trail when a handler answers a list with an object that is not the caller's. */
export const foreignItem = "the handler answered an object of another principal";

/**
 * Looks at every object of a list before it leaves (OWASP API1). One that is another's stops the whole answer: dropping it would hide a
 * handler that asks its database for too much, and page sizes would tell of what was dropped.
 */
export const items: Guard<Answered, Vouched> = {
  name: "items",
  compile: ({ policy, id }, ground) => {
    const rule = policy.object;
    if (rule === undefined || !("list" in rule)) return undefined;
    const tokens = tokensOf(rule.items);
    const owns = compileOwnership(rule, ground);
    const proves = provesOwner(rule);
    return (call) => {
      const { answer, principal, exchange } = call;
      const list = answer.status >= 200 && answer.status < 300 ? valueAt(answer.body, tokens) : undefined;
      // What is not there does not leave.
      if (list === undefined) return prove(call, "itemsOwned", []);
      if (!Array.isArray(list)) return internal(new TypeError(`${id} answered no list of "${rule.type}"`));
      const settle = (mine: readonly boolean[]): Vouched | Refusal => {
        const excepted = rule.unless.some((role) => call.roles.has(role));
        const foreign = !excepted && list.some((item, at) => !mine[at] && !isUntold(item, rule));
        return foreign ? internal(foreignItem) : prove(call, "itemsOwned", proves ? mine : []);
      };
      const verdicts = list.map((item) => typeof item === "object" && item !== null && owns(item, principal, exchange));
      if (!verdicts.some(isThenable)) return settle(verdicts as readonly boolean[]);
      return inTime(Promise.all(verdicts), ground.patience, `The rule of "${rule.type}"`).then((mine) =>
        mine instanceof Refusal ? mine : settle(mine),
      );
    };
  },
};

/** Under `filter` the handler asks for its own scope, and need not answer whose an object is. Where it does, it must be right. */
function isUntold(item: unknown, rule: ObjectRule & ListedObjects): boolean {
  if (rule.list !== "filter" || rule.kind === "custom" || typeof item !== "object" || item === null) return false;
  return !(rule.field in item);
}
