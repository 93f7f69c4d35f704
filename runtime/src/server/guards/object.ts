import type { Principal } from "../../credentials/principal.js";
import type { ObjectRule } from "../../policy/index.js";
import type { Refusal } from "../../problem/refusal.js";
import { forbidden, internal, notFound } from "../../problem/refusals.js";
import { type Guard, isThenable } from "../guard.js";
import { type Input, type Loaded, prove, type Validated } from "../states.js";

/** The reason that goes to the log and the audit trail when an object is another's; the caller sees a plain 404. */
export const foreignObject = "the object belongs to another principal";

/** Loads what the call is about and lets its owner on (OWASP API1). Who may not know of it is told that it is not there (R25). */
export const object: Guard<Validated, Loaded> = {
  name: "object",
  compile: ({ policy }, ground) => {
    const rule = policy.object;
    if (rule === undefined) return undefined;
    const load = ground.loaders.get(rule.type);
    if (load === undefined) throw new TypeError(`No loader for "${rule.type}"`);
    return (call) => {
      const id = idOf(rule, call.input);
      if (id === undefined) return notFound();
      const judge = (found: unknown): Loaded | Refusal => {
        if (found === undefined || found === null) return notFound();
        if (typeof found !== "object")
          return internal(new TypeError(`The loader of "${rule.type}" answered no object`));
        const excepted = rule.unless.some((role) => call.roles.has(role));
        if (excepted || isOwner(rule, found, call.principal)) return prove(call, "object", found);
        return rule.deny === 404 ? notFound(foreignObject) : forbidden(foreignObject);
      };
      const found = load(id, { signal: call.exchange.signal });
      return isThenable(found) ? found.then(judge) : judge(found);
    };
  },
};

/** The id as it was validated, so that loader and handler speak of the same object. */
function idOf(rule: ObjectRule, input: Input): string | undefined {
  const cut = rule.id.indexOf(":");
  const part = input[rule.id.slice(0, cut) as "path" | "query" | "header"];
  const name = rule.id.slice(cut + 1);
  return asText(memberOf(part, name));
}

function isOwner(rule: ObjectRule, found: object, principal: Principal | undefined): boolean {
  const owner = asText((found as Readonly<Record<string, unknown>>)[rule.field]);
  const caller = principal?.[rule.equals];
  return owner !== undefined && caller !== undefined && caller !== "" && owner === caller;
}

function memberOf(part: unknown, name: string): unknown {
  if (typeof part !== "object" || part === null || !Object.hasOwn(part, name)) return undefined;
  return (part as Readonly<Record<string, unknown>>)[name];
}

/** Text and numbers name things; nothing else is guessed at. */
function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}
