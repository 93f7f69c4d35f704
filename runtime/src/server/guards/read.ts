import { pointerOf, tokensOf, valueAt } from "../../http/pointer.js";
import { omit, type Selection, select } from "../../http/selection.js";
import type { OperationPolicy, RoleRule } from "../../policy/index.js";
import type { Guard } from "../guard.js";
import { satisfies, speaksOfOwner } from "../roles.js";
import { type Projected, prove } from "../states.js";

/**
 * Leaves out of the response what the caller may not see (OWASP API3, R27): of whatever status it is, at any depth, in every item of a
 * list. It runs after the schema has had its say, on what would be written.
 */
export const read: Guard<Projected, Projected> = {
  name: "read",
  compile: ({ policy }) => {
    const rules = Object.entries(policy.read ?? {});
    if (rules.length === 0) return undefined;
    const see = compileSight(rules, listOf(policy));
    return (call) => {
      const { projection } = call;
      if (projection.value === undefined) return call;
      const value = see(projection.value, call);
      return value === projection.value ? call : prove(call, "projection", { ...projection, value });
    };
  },
};

/** What decides which properties a caller sees. */
export type Viewer = Pick<Projected, "roles" | "about" | "itemsOwned">;

type Rules = readonly (readonly [string, RoleRule])[];

function listOf({ object }: OperationPolicy): readonly string[] | undefined {
  return object !== undefined && "list" in object ? tokensOf(object.items) : undefined;
}

/** In a list of objects each item has its own owner: what its rules say of `owner` is asked item by item. */
function compileSight(rules: Rules, list: readonly string[] | undefined): (value: unknown, viewer: Viewer) => unknown {
  if (list === undefined || !rules.some(([, rule]) => speaksOfOwner(rule))) {
    const hidden = compileHidden(rules);
    return (value, viewer) => {
      const selection = hidden(viewer.roles, viewer.about.owned);
      return selection === undefined ? value : omit(value, selection);
    };
  }
  const inItem = `${pointerOf(list)}/*/`;
  const isInItem = ([pointer]: Rules[number]) => pointer.startsWith(inItem);
  const outside = compileHidden(rules.filter((one) => !isInItem(one)));
  const inside = compileHidden(
    rules.filter(isInItem).map(([pointer, rule]) => [pointer.slice(inItem.length - 1), rule] as const),
  );
  return (value, { roles, about, itemsOwned }) => {
    const around = outside(roles, about.owned);
    const seen = around === undefined ? value : omit(value, around);
    const of = (mine: boolean) => inside(roles, mine);
    const others = of(false);
    if (others === undefined) return seen;
    const own = of(true);
    return within(seen, list, (items) =>
      items.map((item, at) => {
        const selection = itemsOwned[at] === true ? own : others;
        return selection === undefined ? item : omit(item, selection);
      }),
    );
  };
}

/** The value with the list in it replaced. */
function within(value: unknown, path: readonly string[], change: (items: readonly unknown[]) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return Array.isArray(value) ? change(value) : value;
  const inner = valueAt(value, [name]);
  return inner === undefined ? value : { ...(value as object), [name]: within(inner, rest, change) };
}

/** What is hidden from a caller; `undefined`: nothing. Callers with the same roles share what was compiled for the first of them. */
function compileHidden(rules: Rules): (roles: ReadonlySet<string>, owns: boolean) => Selection | undefined {
  const known = new Map<string, Selection>();
  return (roles, owns) => {
    let key = "";
    for (const [, rule] of rules) key += satisfies(rule, roles, owns) ? "1" : "0";
    if (!key.includes("0")) return undefined;
    const found = known.get(key);
    if (found !== undefined) return found;
    const selection = select(rules.flatMap(([pointer], at) => (key[at] === "0" ? [pointer] : [])));
    if (known.size < most) known.set(key, selection);
    return selection;
  };
}

/** Sets of roles that are remembered: more than an API has kinds of callers, and bounded all the same. */
const most = 256;
