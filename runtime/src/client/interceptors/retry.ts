import { type Retries, toMilliseconds } from "../../policy/index.js";
import type { ClientCall, Incoming, Interceptor } from "../contract.js";
import { endOf } from "../ending.js";
import { Failure } from "../failure.js";
import { retryAfterOf } from "../retry-after.js";

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
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY", "TRACE"]);

/** The outcome of an attempt. */
type Outcome = { readonly incoming: Incoming } | { readonly failure: Failure };

/** Repeats what may be repeated: as late as the server asks, else with full jitter, and never past the budget. */
export function retry(rule: Retries, ground: RetryGround): Interceptor {
  return (next) => async (call) => {
    const start = ground.now();
    for (let attempt = 1; ; attempt += 1) {
      call.onAttempt?.(attempt);
      const outcome = await attemptOf(next, { ...call, attempt });
      const wait = waitAfter(rule, ground, call, attempt, outcome, ground.now() - start);
      if (wait === undefined) return conclude(outcome, ground);
      await ground.sleep(wait, call.outgoing.signal);
    }
  };
}

async function attemptOf(next: (call: ClientCall) => Promise<Incoming>, call: ClientCall): Promise<Outcome> {
  try {
    return { incoming: await next(call) };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { failure: thrown };
  }
}

function conclude(outcome: Outcome, ground: RetryGround): Incoming {
  if ("failure" in outcome) throw outcome.failure;
  if (outcome.incoming.status < 400) ground.budget.earn();
  return outcome.incoming;
}

/** Milliseconds to wait before the next attempt; `undefined` when there is none. */
function waitAfter(
  rule: Retries,
  ground: RetryGround,
  call: ClientCall,
  attempt: number,
  outcome: Outcome,
  elapsed: number,
): number | undefined {
  if (attempt >= rule.maxAttempts || endOf(call.outgoing) !== undefined || !mayPass(rule, call, outcome))
    return undefined;
  const asked = "incoming" in outcome ? retryAfterOf(outcome.incoming.headers["retry-after"], ground.now()) : undefined;
  // Asking again before the time that the server named would be one more call that it did not want.
  if (asked !== undefined && asked > toMilliseconds(rule.retryAfterMax)) return undefined;
  const ceiling = Math.min(toMilliseconds(rule.cap), toMilliseconds(rule.base) * 2 ** (attempt - 1));
  const jitter = ground.random() * ceiling;
  const wait = asked === undefined ? jitter : asked + Math.min(jitter, toMilliseconds(rule.base));
  if (elapsed + wait > toMilliseconds(rule.maxElapsed)) return undefined;
  // The answer that is here says more than a timeout later would.
  if (ground.now() + wait >= call.deadline) return undefined;
  return ground.budget.spend() ? wait : undefined;
}

function mayPass(rule: Retries, call: ClientCall, outcome: Outcome): boolean {
  if (rule.when === "never" || !isRepeatable(call)) return false;
  if (rule.when === "idempotent" && !idempotent.has(call.outgoing.method) && !hasKey(call)) return false;
  if ("incoming" in outcome) return rule.statuses.includes(outcome.incoming.status);
  return rule.network && outcome.failure.code === "network";
}

/** A server that knows the key does not do again what it did. */
function hasKey({ operation: { policy }, outgoing }: ClientCall): boolean {
  return policy.idempotency !== undefined && policy.idempotency.header.toLowerCase() in outgoing.headers;
}

/** A stream of the caller's is gone when it was sent. */
function isRepeatable({ outgoing: { body } }: ClientCall): boolean {
  return body === undefined || typeof body === "string" || body instanceof Uint8Array || body.repeatable;
}
