import type { ApiBounds, Limit, LimitKeyPart, LimitUse } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { byText, entriesOf, listOf, objectOf, textOf, textsOf } from "./node.js";

const keyParts: readonly LimitKeyPart[] = ["ip", "principal", "operation"];

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
  const key = textsOf(node.key).filter((part): part is LimitKeyPart => keyParts.some((one) => one === part));
  if (key.length !== (listOf(node.key)?.length ?? -1)) {
    complain(run, node, "key", {
      code: "SP993",
      message: `A limit counted by anything but ${keyParts.join(", ")} is not enforced yet.`,
      fix: "Leave the other key parts out for now.",
    });
  }
  const burst = node.burst === undefined ? limit : countAt(run, node, "burst");
  return { name, limit, window: textOf(node.window) ?? "", burst, key };
}

function countAt(run: Lowering, node: SpecObject, key: "limit" | "burst"): number {
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
