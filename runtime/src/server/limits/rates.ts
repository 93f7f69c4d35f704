import { sfString } from "../../http/headers.js";
import { type Concurrency, type Limit, type SlowDown, toMilliseconds, toOctets } from "../../policy/index.js";
import type { LimitAlgorithm, LimitCheck } from "../../stores/limits.js";
import type { Blueprint, Ground } from "../blueprint.js";
import type { Asked, Phase, RateFacts, RateKind } from "./rate.js";
import { compileSubject, compileSubjectOf, type Known, phaseOf } from "./subject.js";
import { compileTerms, type Terms } from "./terms.js";

/** Something that calls are counted by, compiled for one operation. */
export interface Rate extends RateFacts {
  /** `undefined`: this caller is not counted. */
  readonly ask: (call: Known) => Asked | undefined;
}

/** How long a slot stays taken that nobody renews: by a process that died. Milliseconds. */
export const slotLease = 30_000;

/** All rates of an operation. */
export function ratesOf(operation: Blueprint, ground: Ground): readonly Rate[] {
  const { limits = [], slowDown, concurrency } = operation.policy;
  return [
    ...limits.flatMap((limit) => limitRates(limit, operation, ground)),
    ...(slowDown === undefined ? [] : [slowDownRate(slowDown, operation, ground)]),
    ...(concurrency === undefined ? [] : [concurrencyRate(concurrency, operation, ground)]),
  ];
}

const kinds = { "content-bytes": "content", "concurrent-requests": "slot" } as const;

/** A limit, and, where failures lock out, the counter that does. */
function limitRates(limit: Limit, operation: Blueprint, ground: Ground): readonly Rate[] {
  const { name, unit, count, lockout, onStoreError = "local", headers = "draft", exempt = [] } = limit;
  const kind: RateKind = unit === undefined ? (count === "failures" ? "failures" : "plain") : kinds[unit];
  const algorithm = algorithmOf(limit);
  const window = kind === "slot" ? Math.min(toMilliseconds(limit.window), slotLease) : toMilliseconds(limit.window);
  const isExempt = (call: Known) => exempt.some((role) => call.principal?.roles.has(role) === true);
  const base: Pick<Rate, "name" | "label" | "phase" | "onStoreError" | "headers"> = {
    name,
    label: sfString(name),
    phase: phaseIn(limit),
    onStoreError,
    headers,
  };
  const askFor = (key: string, { limit: units, burst, policy }: Terms, cost: number): Asked => {
    const check = { key, algorithm, limit: units, window, burst, cost };
    return asked(rate, kind === "content" ? { ...check, debt: true } : check, policy);
  };
  const ask = compileAsk(limit, kind, `${algorithm}|${name}`, askFor, operation, ground);
  const rate: Rate = { ...base, kind, ask: (call) => (exempt.length > 0 && isExempt(call) ? undefined : ask(call)) };
  if (lockout === undefined) return [rate];
  const locked = compileSubject(`lockout|${name}`, limit.key, ground.api);
  const lockTerms = { limit: lockout.after, burst: lockout.after, window: toMilliseconds(lockout.for) };
  const lock: Rate = {
    ...base,
    kind: "lockout",
    headers: "none",
    ask: (call) =>
      exempt.length > 0 && isExempt(call)
        ? undefined
        : asked(lock, { key: locked(call), algorithm: "lockout", ...lockTerms, cost: 1 }, ""),
  };
  return [rate, lock];
}

/** What a call asks of its limit. Where only the key tells one call from another, what a caller asks is made once for all its calls. */
function compileAsk(
  limit: Limit,
  kind: RateKind,
  head: string,
  askFor: (key: string, terms: Terms, cost: number) => Asked,
  operation: Blueprint,
  ground: Ground,
): (call: Known) => Asked {
  const { own, of } = compileTerms(limit, operation.id, ground.api);
  const { cost = 1 } = operation.policy;
  if (of === undefined && kind !== "content" && kind !== "slot")
    return compileSubjectOf(head, limit.key, ground.api, (key) => askFor(key, own, cost));
  const subject = compileSubject(head, limit.key, ground.api);
  const costOf = kind === "content" ? contentOf(operation, ground) : () => (kind === "slot" ? 1 : cost);
  return (call) => askFor(subject(call), of?.(call) ?? own, costOf(call));
}

/** A token bucket is the generic cell rate algorithm, told from the other end: both decide alike. */
function algorithmOf({ algorithm, unit }: Limit): LimitAlgorithm {
  if (unit === "concurrent-requests") return "slots";
  return algorithm === undefined || algorithm === "tokenBucket" ? "gcra" : algorithm;
}

function phaseIn({ key, tiers, exempt }: Pick<Limit, "key" | "tiers" | "exempt">): Phase {
  const phases = key.map(phaseOf);
  if (phases.includes("input")) return "input";
  // Whoever has a plan or a role of its own must be known first.
  return phases.includes("caller") || tiers !== undefined || (exempt?.length ?? 0) > 0 ? "caller" : "address";
}

/**
 * Octets that the request brings: as it says; and, where it does not say, as many as the operation takes. Nobody is counted for less
 * because they did not say.
 */
function contentOf({ policy, wire }: Blueprint, { api }: Ground): (call: Known) => number {
  const { body, parts = 20, file = "10MiB" } = policy.bounds ?? api.bounds;
  const most = toOctets(body) + (wire.body?.parts === undefined ? 0 : parts * toOctets(file));
  return ({ exchange }) => {
    if (exchange.headers.all("transfer-encoding").length > 0) return most;
    const said = Number(exchange.headers.all("content-length")[0] ?? 0);
    return Number.isSafeInteger(said) && said >= 0 ? Math.max(1, said) : most;
  };
}

function slowDownRate(rule: SlowDown, operation: Blueprint, ground: Ground): Rate {
  const { after, key, window, delay, maxDelay } = rule;
  const subject = compileSubject(`fixed|slowDown:${operation.id}`, key, ground.api);
  const check = { algorithm: "fixed", limit: after, burst: after, window: toMilliseconds(window), cost: 1 } as const;
  const rate: Rate = {
    name: "slowDown",
    label: sfString("slowDown"),
    kind: "delay",
    phase: phaseIn({ key }),
    onStoreError: "local",
    headers: "none",
    delay: { step: toMilliseconds(delay), most: toMilliseconds(maxDelay) },
    ask: (call) => asked(rate, { ...check, key: subject(call), always: true }, ""),
  };
  return rate;
}

function concurrencyRate(rule: Concurrency, operation: Blueprint, ground: Ground): Rate {
  const { max, key, queue = 0, wait = "0s" } = rule;
  const subject = compileSubject(`slots|concurrency:${operation.id}`, key, ground.api);
  const label = sfString("concurrency");
  const policy = `${label};q=${max};qu="concurrent-requests"`;
  const check = { algorithm: "slots", limit: max, burst: max, window: slotLease, cost: 1 } as const;
  const rate: Rate = {
    name: "concurrency",
    label,
    kind: "slot",
    phase: phaseIn({ key }),
    onStoreError: "local",
    headers: "draft",
    ...(queue > 0 ? { queue: { size: queue, wait: toMilliseconds(wait) } } : {}),
    ask: (call) => asked(rate, { ...check, key: subject(call) }, policy),
  };
  return rate;
}

function asked(rate: Rate, check: LimitCheck, policy: string): Asked {
  return { rate, check: rate.kind === "slot" ? { ...check, slot: newSlot() } : check, policy };
}

/** Numbers that a double holds whole, and that no two calls will share. */
function newSlot(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0xfffff) * 0x1_0000_0000 + low;
}
