import { Refusal } from "../../problem/refusal.js";
import type { LimitVerdict } from "../../stores/limits.js";
import type { Ground } from "../blueprint.js";
import { isThenable } from "../guard.js";
import { quotaExceeded } from "../quota.js";
import { type Count, prove } from "../states.js";
import { afterwards } from "./afterwards.js";
import type { Asked, Ruling } from "./rate.js";
import type { Rate } from "./rates.js";
import type { Known } from "./subject.js";

/** What callers may be told of their limits, or why the call may not go on. */
type Outcome = readonly Count[] | Refusal;

/** Counts a call by some rates, in one step for all of them. */
export type Ration = (call: Known) => Outcome | Promise<Outcome>;

/** Nothing is in the way but others who are inside. */
class Crowd {
  constructor(readonly counts: readonly Count[]) {}
}

/** How often somebody who waits for a slot tries again, in milliseconds: it may have been released by another process. */
const patrol = 50;

/** What a ration works with, found out once. */
interface Desk extends Pick<Ground, "counters" | "turns" | "now"> {
  /** Whether something is to be done when a call is over. */
  readonly settles: boolean;
  readonly delays: boolean;
}

/** Compiles some rates. */
export function compileRation(rates: readonly Rate[], { counters, turns, now }: Ground): Ration {
  const queue = rates.find((rate) => rate.queue !== undefined)?.queue;
  const desk: Desk = {
    counters,
    turns,
    now,
    settles: rates.some(({ kind }) => kind !== "plain" && kind !== "delay"),
    delays: rates.some(({ delay }) => delay !== undefined),
  };
  const askAll = compileAsked(rates);
  return (call) => {
    const asked = askAll(call);
    if (asked.length === 0) return [];
    if (queue === undefined) return attempt(asked, call, call.at, desk) as Outcome | Promise<Outcome>;
    return inTurn(asked, call, queue, desk);
  };
}

/** With one rate, as most have, the list is written down: one that is filled has room for sixteen more. */
function compileAsked(rates: readonly Rate[]): (call: Known) => readonly Asked[] {
  const [only] = rates;
  if (only === undefined || rates.length > 1) return (call) => rates.flatMap((rate) => rate.ask(call) ?? []);
  return (call) => {
    const one = only.ask(call);
    return one === undefined ? [] : [one];
  };
}

function attempt(asked: readonly Asked[], call: Known, at: number, desk: Desk): Admission | Promise<Admission> {
  const ruled = desk.counters.take(asked, at);
  return isThenable(ruled) ? ruled.then((one) => judge(one, asked, call, desk)) : judge(ruled, asked, call, desk);
}

type Admission = Outcome | Crowd;

function judge(
  ruled: Ruling | Refusal,
  asked: readonly Asked[],
  call: Known,
  desk: Desk,
): Admission | Promise<Outcome> {
  if (ruled instanceof Refusal) return ruled;
  const counts = countsOf(asked, ruled);
  if (!counts.every(isAllowed)) {
    const queues = counts.every(({ rate, verdict }) => verdict.allowed || rate.queue !== undefined);
    return queues ? new Crowd(counts) : quotaExceeded(counts);
  }
  if (desk.settles) followUp(asked, ruled, call, desk);
  const delay = desk.delays ? delayOf(asked, ruled) : 0;
  return delay === 0 ? counts : pause(delay, call).then(() => counts);
}

function countsOf(asked: readonly Asked[], { verdicts }: Ruling): readonly Count[] {
  const [only] = asked;
  if (only !== undefined && asked.length === 1) {
    const count = countOf(only, verdicts[0]);
    return count === undefined ? [] : [count];
  }
  return asked.flatMap((one, at) => countOf(one, verdicts[at]) ?? []);
}

function countOf({ rate, policy }: Asked, verdict: LimitVerdict | undefined): Count | undefined {
  return verdict === undefined || rate.kind === "delay" ? undefined : { rate, policy, verdict };
}

function isAllowed({ verdict }: Count): boolean {
  return verdict.allowed;
}

function followUp(asked: readonly Asked[], { verdicts, store }: Ruling, call: Known, { counters, turns }: Desk): void {
  const counted = asked.filter((_, at) => verdicts[at] !== undefined);
  const closer = afterwards(counted, store, counters, turns);
  if (closer !== undefined) prove(call, "closers", [...call.closers, closer]);
}

/** Waits for a slot. What else the call is counted by is not counted before it has one: all are counted together, or none is. */
async function inTurn(
  asked: readonly Asked[],
  call: Known,
  { size, wait }: NonNullable<Rate["queue"]>,
  desk: Desk,
): Promise<Outcome> {
  const { turns, now } = desk;
  const key = asked.find(({ rate }) => rate.queue !== undefined)?.check.key ?? "";
  const end = performance.now() + wait;
  let mayTry = turns.waiting(key) === 0;
  for (let first = true; ; first = false) {
    const outcome = mayTry ? await attempt(asked, call, first ? call.at : now(), desk) : new Crowd([]);
    if (!(outcome instanceof Crowd)) return outcome;
    const left = end - performance.now();
    if (left <= 0 || (first && turns.waiting(key) >= size)) return quotaExceeded(outcome.counts);
    await turns.next(key, Math.min(left, patrol));
    mayTry = true;
  }
}

/** How long a call that comes too often waits before it goes on, in milliseconds. */
function delayOf(asked: readonly Asked[], { verdicts }: Ruling): number {
  let longest = 0;
  for (let at = 0; at < asked.length; at += 1) {
    const { step, most } = asked[at]?.rate.delay ?? { step: 0, most: 0 };
    const beyond = -(verdicts[at]?.remaining ?? 0);
    if (step > 0 && beyond > 0) longest = Math.max(longest, Math.min(most, step * beyond));
  }
  return longest;
}

/** A caller who goes away is not waited for. */
function pause(milliseconds: number, { exchange: { signal } }: Known): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    signal.addEventListener("abort", go);
    if (signal.aborted) go();
  });
}
