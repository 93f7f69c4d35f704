import type { ApiBounds, Limit, LimitTiers, LimitUse } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { byText, entriesOf, listOf, objectOf, textOf, textsOf } from "./node.js";

/** Named limits of the root and inline ones of operations, in one list by name. */
export type LimitTable = Map<string, Limit>;

export function lowerRootLimits(run: Lowering, limits: SpecValue | undefined): LimitTable {
  const table: LimitTable = new Map();
  for (const [name, said] of entriesOf(limits)) {
    const node = objectOf(said);
    if (node !== undefined) table.set(name, lowerLimit(run, name, node));
  }
  return table;
}

/** The limits of an operation, by name. An inline one is lifted into the table. */
export function lowerLimitUses(run: Lowering, table: LimitTable, said: SpecValue | undefined): readonly LimitUse[] {
  const names = (listOf(said) ?? []).flatMap((one) => {
    const node = objectOf(one);
    return node === undefined ? (textOf(one) ?? []) : liftLimit(run, table, node);
  });
  return [...new Set(names)].map((name) => ({ name }));
}

function liftLimit(run: Lowering, table: LimitTable, node: SpecObject): string {
  const name = textOf(node.name) ?? "";
  const limit = lowerLimit(run, name, node);
  const other = table.get(name);
  table.set(name, other ?? limit);
  if (other !== undefined && JSON.stringify(other) !== JSON.stringify(limit)) {
    complain(run, node, "name", {
      code: "SP390",
      message: `There are two limits called ${name}, and they differ. A name is one shared counter.`,
      fix: "Give one of them another name.",
    });
  }
  return name;
}

function lowerLimit(run: Lowering, name: string, node: SpecObject): Limit {
  const limit = countAt(run, node, "limit");
  const burst = node.burst === undefined ? limit : countAt(run, node, "burst");
  const { lockout, tiers } = { lockout: objectOf(node.lockout), tiers: objectOf(node.tiers) };
  const exempt = textsOf(node.exempt);
  return {
    name,
    limit,
    window: textOf(node.window) ?? "",
    burst,
    key: textsOf(node.key),
    ...chosen(node, "algorithm", ["fixed", "sliding", "tokenBucket"]),
    ...chosen(node, "unit", ["content-bytes", "concurrent-requests"]),
    ...chosen(node, "count", ["failures"]),
    ...(lockout === undefined
      ? {}
      : { lockout: { after: countAt(run, lockout, "after"), for: textOf(lockout.for) ?? "" } }),
    ...(tiers === undefined || Object.keys(tiers).length === 0 ? {} : { tiers: lowerTiers(run, tiers) }),
    ...(exempt.length === 0 ? {} : { exempt }),
    ...chosen(node, "onStoreError", ["deny", "allow"]),
    ...chosen(node, "headers", ["legacy", "both", "none"]),
  };
}

/** What is said, where it is not what holds anyway. */
function chosen<const K extends string, const V extends string>(
  node: SpecObject,
  key: K,
  values: readonly V[],
): Partial<Record<K, V>> {
  const found = values.find((one) => one === node[key]);
  return found === undefined ? {} : ({ [key]: found } as Partial<Record<K, V>>);
}

function lowerTiers(run: Lowering, node: SpecObject): LimitTiers {
  const tiers = entriesOf(node)
    .flatMap(([name, said]) => {
      const tier = name === "by" ? undefined : objectOf(said);
      return tier === undefined ? [] : [[name, tier] as const];
    })
    .sort(([a], [b]) => byText(a, b));
  const of = tiers.map(([plan, tier]) => {
    const burst = tier.burst === undefined ? {} : { burst: countAt(run, tier, "burst") };
    return { plan, limit: countAt(run, tier, "limit"), ...burst };
  });
  return { by: textOf(node.by) ?? "", of };
}

function countAt(run: Lowering, node: SpecObject, key: "limit" | "burst" | "after"): number {
  const count = node[key];
  if (typeof count === "number" && Number.isSafeInteger(count) && count > 0) return count;
  complain(run, node, key, { code: "SP391", message: `${key} must be an integer of 1 or more.` });
  return 0;
}

/** Those that some operation uses, sorted. */
export function usedLimits(table: LimitTable, used: ReadonlySet<string>): readonly Limit[] {
  return [...table.values()].filter(({ name }) => used.has(name)).sort((a, b) => byText(a.name, b.name));
}

/** In the order of the vocabulary. */
const boundKeys: readonly (keyof ApiBounds)[] = [
  "body",
  "url",
  "headers",
  "depth",
  "keys",
  "items",
  "parts",
  "file",
  "inflateRatio",
  "readTimeout",
  "timeout",
];

const defaultBounds: ApiBounds = { body: "1MiB", depth: 32 };

export function lowerBounds(limits: SpecValue | undefined, otherwise: ApiBounds = defaultBounds): ApiBounds {
  const node = objectOf(limits);
  const said = (key: keyof ApiBounds) => {
    const value = node?.[key] ?? otherwise[key];
    return value === undefined || value === null ? {} : { [key]: value };
  };
  return Object.assign({}, ...boundKeys.map(said)) as ApiBounds;
}
