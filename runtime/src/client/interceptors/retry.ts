import { endOf } from "#ending";
import { type Retries, toMilliseconds } from "../../policy/index.js";
import type { ClientCall, Incoming, Interceptor } from "../contract.js";
import { Failure } from "../failure.js";
import { retryAfterOf } from "../retry-after.js";
import { isRepeatable } from "../streamed-body.js";

/** What repeating needs of the client. */
export interface RetryGround {
  readonly budget: Budget;
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

/** How often a client may repeat over all: a repeat costs a token, and successes earn a tenth of one. */
export interface Budget {
  readonly spend: () => boolean;
  readonly earn: () => void;
}

/** A budget that is full at the beginning. It keeps a client from doubling the load of a server that is down. */
export function budgetOf(tokens: number): Budget {
  // In tenths: ten times 0.1 is less than 1.
  const full = Math.floor(tokens * 10);
  let left = full;
  return {
    spend: () => {
      if (left < 10) return false;
      left -= 10;
      return true;
    },
    earn: () => {
      left = Math.min(full, left + 1);
    },
  };
}

/** RFC 9110, 9.2.2, and RFC 10008 for QUERY. */
const idempotent = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|QUERY|TRACE)$/;

/** Repeats what may be repeated: as late as the server asks, else with full jitter, and never past the budget. */
export function retry(rule: Retries, ground: RetryGround): Interceptor {
  const { budget, now, sleep } = ground;
  return (next) => async (call) => {
    const start = now();
    for (let attempt = 1; ; attempt += 1) {
      call.onAttempt?.(attempt);
      const outcome = await outcomeOf(next, { ...call, attempt });
      const wait = waitAfter(rule, ground, { ...call, attempt }, outcome, start);
      if (wait !== undefined) await sleep(wait, call.outgoing.signal);
      else if (outcome instanceof Failure) throw outcome;
      else {
        if (outcome.status < 400) budget.earn();
        return outcome;
      }
    }
  };
}

/** What is no failure is a mistake in somebody's code, and stays one. */
async function outcomeOf(next: (call: ClientCall) => Promise<Incoming>, call: ClientCall): Promise<Incoming | Failure> {
  try {
    return await next(call);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

/** Milliseconds to wait before the next attempt; `undefined` when there is none. */
function waitAfter(
  rule: Retries,
  { budget, now, random }: RetryGround,
  call: ClientCall,
  outcome: Incoming | Failure,
  start: number,
): number | undefined {
  const { attempt, outgoing, deadline } = call;
  if (attempt >= rule.maxAttempts || endOf(outgoing) !== undefined || !mayPass(rule, call, outcome)) return undefined;
  const base = toMilliseconds(rule.base);
  const asked = outcome instanceof Failure ? undefined : retryAfterOf(outcome.headers["retry-after"], now());
  const jitter = random() * Math.min(toMilliseconds(rule.cap), base * 2 ** (attempt - 1));
  const wait = asked === undefined ? jitter : asked + Math.min(jitter, base);
  // Asking again before the time that the server named would be one more call that it did not want; and the answer that is here says more
  // than a timeout later would.
  const isTooLong =
    (asked ?? 0) > toMilliseconds(rule.retryAfterMax) ||
    now() - start + wait > toMilliseconds(rule.maxElapsed) ||
    now() + wait >= deadline;
  return !isTooLong && budget.spend() ? wait : undefined;
}

function mayPass(rule: Retries, { outgoing, operation }: ClientCall, outcome: Incoming | Failure): boolean {
  const key = operation.policy.idempotency?.header.toLowerCase() ?? "";
  // A server that knows the key does not do again what it did.
  const isIdempotent = idempotent.test(outgoing.method) || key in outgoing.headers;
  if (rule.when === "never" || (rule.when === "idempotent" && !isIdempotent) || !isRepeatable(outgoing)) return false;
  return outcome instanceof Failure
    ? rule.network && outcome.code === "network"
    : rule.statuses.includes(outcome.status);
}
