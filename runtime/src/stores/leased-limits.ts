import { type Duration, toMilliseconds } from "../policy/index.js";
import type { LimitCheck, LimitStore, LimitVerdict } from "./limits.js";

/** Options of `leasedLimits`. */
export interface LeasedLimitsOptions {
  /** Units that are taken at a time at most. Default 20. */
  readonly size?: number;
  /** How often a busy counter is asked for: so much of what a process needs is taken at a time. Default `1s`. */
  readonly every?: Duration;
  /** Counters of which units are held at once. Default 10,000. */
  readonly maxKeys?: number;
}

/** Units of one counter that were taken from the store, and counted there, and are not used yet. */
interface Lease {
  left: number;
  /** How many were taken the last time, and when. */
  taken: number;
  since: number;
  /** How many are taken the next time. */
  next: number;
  /** Until when the store has said that it will say no. */
  closed: number;
  last: LimitVerdict;
  /** The answer that is under way: who comes meanwhile waits for it. */
  pending: Promise<unknown> | undefined;
}

type Terms = Readonly<Record<"size" | "every" | "maxKeys", number>>;

const unknown: LimitVerdict = { allowed: true, remaining: 0, retryAfter: 0, reset: 0 };

/**
 * Counts in a store that several processes share, and takes several units at a time where a counter is hot: most calls need no round
 * trip then, and callers that are being refused need none at all.
 *
 * The error has a bound: `size` units of a counter in each process. Every unit is counted in the store before it is used, and what is
 * held may be used later than it was counted, or by nobody: in any length of time at most so many more calls are let through than the
 * store allows, or so many fewer. A process that needs few takes one at a time. Slots, lockouts and what costs more than one unit are
 * not leased.
 */
export function leasedLimits(store: LimitStore, options: LeasedLimitsOptions = {}): LimitStore {
  const { size = 20, maxKeys = 10_000 } = options;
  const terms: Terms = { size, maxKeys, every: toMilliseconds(options.every ?? "1s") };
  if (!Number.isSafeInteger(size) || size < 1 || !(terms.every > 0))
    throw new RangeError("A lease holds one unit at least, and is asked for every so often");
  const leases = new Map<string, Lease>();
  return {
    take: (checks, now) => {
      const known = checks.every(isLeasable) ? spendAll(checks, leases, terms, now) : undefined;
      return known ?? fetch(checks, leases, store, terms, now);
    },
  };
}

function isLeasable({ cost, always, upTo, algorithm }: LimitCheck): boolean {
  return cost === 1 && always !== true && upTo === undefined && algorithm !== "slots" && algorithm !== "lockout";
}

/** The verdicts where no store is needed for them: every unit is there, or one is known not to be. */
function spendAll(
  checks: readonly LimitCheck[],
  leases: Map<string, Lease>,
  { every }: Terms,
  now: number,
): LimitVerdict[] | undefined {
  const held = checks.map(({ key }) => leases.get(key));
  if (!held.every((lease) => lease !== undefined)) return undefined;
  if (held.some((lease) => lease.left === 0 && now < lease.closed && lease.closed <= now + every))
    return held.map((lease) => told(lease, now, false));
  const ready = held.every((lease) => lease.left > 0) && new Set(held).size === held.length;
  if (!ready) return undefined;
  for (const lease of held) lease.left -= 1;
  return held.map((lease) => told(lease, now, true));
}

function told(lease: Lease, now: number, spent: boolean): LimitVerdict {
  const { last, left, closed } = lease;
  const allowed = spent || left > 0 || now >= closed;
  return {
    allowed,
    remaining: last.remaining + left,
    retryAfter: allowed ? 0 : Math.ceil(closed - now),
    reset: last.reset,
    taken: spent ? 1 : 0,
  };
}

/** Asks the store for what is missing. Of those who miss the same, one asks and the others wait. */
async function fetch(
  checks: readonly LimitCheck[],
  leases: Map<string, Lease>,
  store: LimitStore,
  terms: Terms,
  now: number,
): Promise<readonly LimitVerdict[]> {
  const whole = checks.every(isLeasable);
  for (;;) {
    const pending = checks.flatMap(({ key }) => leases.get(key)?.pending ?? []);
    if (pending.length === 0) break;
    await Promise.all(pending);
    const known = whole ? spendAll(checks, leases, terms, now) : undefined;
    if (known !== undefined) return known;
  }
  const leasable = checks.filter(isLeasable).map(({ key }) => leaseOf(key, leases, terms, now));
  // What is held already is set aside, so that nobody else uses it meanwhile.
  const aside = new Set(leasable.filter((lease) => lease.left > 0));
  for (const lease of aside) lease.left -= 1;
  const asked = checks.filter((check) => !isHeld(check, leases, aside));
  const answer = Promise.resolve(
    store.take(
      asked.map((check) => (isLeasable(check) ? { ...check, upTo: leases.get(check.key)?.next ?? 1 } : check)),
      now,
    ),
  );
  for (const lease of leasable) lease.pending = answer;
  try {
    const verdicts = await answer;
    const passed = asked.length === verdicts.length && verdicts.every(({ allowed }) => allowed);
    if (!passed) for (const lease of aside) lease.left += 1;
    const byCheck = new Map(asked.map((check, at) => [check, verdicts[at]]));
    return checks.map((check) => {
      const verdict = byCheck.get(check);
      const lease = leases.get(check.key);
      if (lease === undefined || !isLeasable(check)) return verdict ?? unknown;
      if (verdict === undefined) return told(lease, now, true);
      renew(lease, verdict, terms, now);
      return { ...verdict, remaining: verdict.remaining + lease.left };
    });
  } catch (thrown) {
    for (const lease of aside) lease.left += 1;
    throw thrown;
  } finally {
    for (const lease of leasable) if (lease.pending === answer) lease.pending = undefined;
  }
}

function isHeld(check: LimitCheck, leases: Map<string, Lease>, aside: ReadonlySet<Lease>): boolean {
  const lease = isLeasable(check) ? leases.get(check.key) : undefined;
  return lease !== undefined && aside.has(lease);
}

function leaseOf(key: string, leases: Map<string, Lease>, { maxKeys }: Terms, now: number): Lease {
  const known = leases.get(key);
  if (known !== undefined) return known;
  // The oldest make room; what they hold is lost.
  const [oldest] = leases.keys();
  if (leases.size >= maxKeys && oldest !== undefined) leases.delete(oldest);
  const lease: Lease = {
    left: 0,
    taken: 0,
    since: now,
    next: 1,
    closed: 0,
    last: unknown,
    pending: undefined,
  };
  leases.set(key, lease);
  return lease;
}

/** What the store has said of one counter. A busy one takes more the next time, and another as much as it needs. */
function renew(lease: Lease, verdict: LimitVerdict, { size, every }: Terms, now: number): void {
  const { taken = verdict.allowed ? 1 : 0 } = verdict;
  lease.last = verdict;
  if (taken === 0) {
    lease.closed = verdict.allowed ? 0 : now + Math.min(verdict.retryAfter, every);
    return;
  }
  const pace = (lease.taken * every) / Math.max(1, now - lease.since);
  lease.next = Math.max(1, Math.min(size, lease.next * 2, Math.floor(pace)));
  lease.taken = taken;
  lease.left = taken - 1;
  lease.since = now;
  lease.closed = 0;
}
