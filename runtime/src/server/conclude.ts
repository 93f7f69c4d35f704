import type { Exchange } from "../http/exchange.js";
import { Refusal } from "../problem/refusal.js";
import { internal, unavailable } from "../problem/refusals.js";
import type { Ground } from "./blueprint.js";
import { isThenable } from "./guard.js";
import type { Program } from "./program.js";
import type { CallRecord, Received } from "./states.js";
import { traceOfCall } from "./watch.js";

/**
 * Makes the last judgement: what cannot be written has failed, and so has what cannot be remembered. A promise is made for each thing that
 * must be waited for, and for nothing else; nor is a function made where nothing is waited for.
 * @param finish what is made of the outcome.
 */
export function conclude<T, R>(
  call: CallRecord,
  program: Program,
  refusal: Refusal | undefined,
  ground: Ground,
  write: (call: CallRecord, ground: Ground) => T,
  finish: Finish<T, R>,
): R | Promise<R> {
  const written = refusal === undefined ? attempt(write, call, ground) : challenged(refusal, program, call.exchange);
  const failed = written instanceof Refusal ? written : undefined;
  const kept = call.keep?.(failed);
  return kept instanceof Promise
    ? kept.then(() => recorded(call, program, written, ground, finish))
    : recorded(call, program, written, ground, finish);
}

type Finish<T, R> = (outcome: T | Refusal, call: CallRecord, program: Program, ground: Ground) => R;

function recorded<T, R>(
  call: CallRecord,
  program: Program,
  written: T | Refusal,
  ground: Ground,
  finish: Finish<T, R>,
): R | Promise<R> {
  const remembered = remember(call, program, written instanceof Refusal ? written : undefined, ground);
  if (!(remembered instanceof Promise)) return end(remembered ?? written, call, program, ground, finish);
  return remembered.then(
    () => end(written, call, program, ground, finish),
    (thrown) => end(unavailable(thrown), call, program, ground, finish),
  );
}

function end<T, R>(outcome: T | Refusal, call: CallRecord, program: Program, ground: Ground, finish: Finish<T, R>): R {
  if (outcome instanceof Refusal) report(ground, outcome, call, call.operation.id);
  return finish(outcome, call, program, ground);
}

function attempt<T>(write: (call: CallRecord, ground: Ground) => T, call: CallRecord, ground: Ground): T | Refusal {
  try {
    return write(call, ground);
  } catch (thrown) {
    return internal(thrown);
  }
}

/** RFC 9110, 15.5.2: every 401 has a challenge, one that a handler makes included. */
function challenged(refusal: Refusal, program: Program, exchange: Exchange): Refusal {
  if (refusal.status !== 401 || refusal.headers.some(isChallenge)) return refusal;
  const challenge = program.challenge(exchange);
  if (challenge.length === 0) return internal(new Error("A 401 was made where no scheme could let the caller in"));
  return withHeaders(refusal, challenge);
}

/** A refusal with header fields, flat, behind its own. */
export function withHeaders(refusal: Refusal, added: readonly string[]): Refusal {
  if (added.length === 0) return refusal;
  const { code, status, title, detail, errors, headers, cause, extensions } = refusal;
  return new Refusal(code, {
    status,
    title,
    headers: [...headers, ...added],
    cause,
    extensions,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  });
}

function isChallenge(text: string, at: number): boolean {
  return at % 2 === 0 && text.toLowerCase() === "www-authenticate";
}

/** @returns why it cannot be remembered; `undefined` where it is, or nothing is to be; a promise where that takes time. */
function remember(
  call: CallRecord,
  program: Program,
  refusal: Refusal | undefined,
  ground: Ground,
): Refusal | undefined | Promise<unknown> {
  try {
    const line = program.trail(call, refusal);
    const written: unknown = line === undefined ? undefined : ground.audit.write(line);
    return isThenable(written) ? Promise.resolve(written) : undefined;
  } catch (thrown) {
    return unavailable(thrown);
  }
}

/** Tells the log of a failure of ours. */
export function report(ground: Ground, refusal: Refusal, call: Received, operation: string): void {
  if (refusal.status < 500) return;
  const { id: traceId } = traceOfCall(call);
  const { requestId } = call;
  ground.log.error({ requestId, traceId, operation, code: refusal.code, err: refusal.cause }, refusal.title);
}
