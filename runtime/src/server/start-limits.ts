import { type Limit, type LimitKeyPart, type OperationPolicy, toMilliseconds, type Wire } from "../policy/index.js";
import type { Flaw } from "./start-handlers.js";

/** What of an operation says how often it may be called. */
type Paced = Pick<OperationPolicy, "limits" | "cost" | "slowDown" | "concurrency">;

const known = {
  algorithm: ["fixed", "sliding", "tokenBucket"],
  unit: ["content-bytes", "concurrent-requests"],
  count: ["failures"],
  onStoreError: ["deny", "allow"],
  headers: ["legacy", "both", "none"],
} as const;

/** What cannot be read must not become "no limit", nor one that is never reached, nor one that everybody shares by accident. */
export function checkLimits({ limits = [], cost = 1, slowDown, concurrency }: Paced, wire: Wire, flaw: Flaw): void {
  if (new Set(limits.map((limit) => limit.name)).size < limits.length) flaw("a limit is named twice.");
  if (!isCount(cost)) flaw("cost is no count.");
  for (const limit of limits) checkLimit(limit, cost, wire, (message) => flaw(`the limit "${limit.name}" ${message}`));
  if (slowDown !== undefined) {
    const { after, window, delay, maxDelay, key } = slowDown;
    if (!isCount(after) || ![window, delay, maxDelay].every(isSpan)) flaw("slowDown cannot be read.");
    checkKey(key, wire, (message) => flaw(`slowDown ${message}`));
  }
  if (concurrency !== undefined) {
    const { max, key, queue = 0, wait = "0s" } = concurrency;
    if (!isCount(max) || !(queue === 0 || (isCount(queue) && isSpan(wait)))) flaw("concurrency cannot be read.");
    checkKey(key, wire, (message) => flaw(`concurrency ${message}`));
  }
}

function checkLimit(limit: Limit, cost: number, wire: Wire, flaw: Flaw): void {
  const { lockout, tiers, count, unit } = limit;
  const amounts = [limit, ...Object.values(tiers?.of ?? {})].map((one) => [one.limit, one.burst ?? one.limit] as const);
  if (!amounts.flat().every(isCount)) flaw("counts nothing.");
  else if (unit === undefined && amounts.some(([units, burst]) => (isWindowed(limit) ? units : burst) < cost))
    flaw(`never has room for a call that costs ${cost}.`);
  if (!isSpan(limit.window)) flaw("has a window that is no duration.");
  for (const [key, words] of Object.entries(known)) {
    const said = limit[key as keyof typeof known];
    if (said !== undefined && !(words as readonly string[]).includes(said)) flaw(`has an unknown ${key}.`);
  }
  if (lockout !== undefined && !(count === "failures" && isCount(lockout.after) && isSpan(lockout.for)))
    flaw("locks out for what is no failure.");
  if (count === "failures" && (unit !== undefined || !limit.key.some(isOwn)))
    flaw("counts failures by what the caller claims alone: anybody could lock anybody out.");
  if (tiers !== undefined && tiers.by !== "principal.plan" && !/^claim:./.test(tiers.by))
    flaw("has plans that no claim says.");
  checkKey(limit.key, wire, flaw);
}

function isWindowed({ algorithm }: Limit): boolean {
  return algorithm === "fixed" || algorithm === "sliding";
}

/** R43: what only the caller itself can be. */
function isOwn(part: LimitKeyPart): boolean {
  return ["ip", "principal", "client", "apiKey", "tenant"].includes(part);
}

/** A part that is never there would be one counter for everybody. */
function checkKey(key: readonly LimitKeyPart[], wire: Wire, flaw: Flaw): void {
  if (key.length === 0) flaw("has no key.");
  for (const part of key.filter((one) => !isOwn(one) && one !== "operation" && !one.startsWith("const:"))) {
    const [, place, name = ""] = /^(header|path|query|body):(.+)$/s.exec(part) ?? [];
    const spelt = (text: string) => (place === "header" ? text.toLowerCase() : text);
    const there =
      place === "body"
        ? wire.body !== undefined && name.startsWith("/")
        : (place === "header" || place === "path" || place === "query") &&
          (wire[place] ?? []).some((field) => spelt(field.name) === spelt(name));
    if (!there) flaw(`has the key ${part}, which the operation does not have.`);
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function isSpan(text: Parameters<typeof toMilliseconds>[0]): boolean {
  try {
    return toMilliseconds(text) > 0;
  } catch {
    return false;
  }
}
