import { within } from "../http/deadline.js";
import type { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";
import type { CallSignal } from "./call-signal.js";

/** How long code of the user's may take that a call waits for before it may go on, in milliseconds. */
export const defaultPatience = 5_000;

/**
 * What was awaited; or, when it does not come in time, a refusal: what hangs must not hang the server, nor open it (R12).
 * @param given the signal that it was given: it is aborted then.
 */
export function inTime<T>(
  pending: PromiseLike<T>,
  patience: number,
  what: string,
  given?: CallSignal,
): Promise<T | Refusal> {
  return within(pending, patience, () => {
    const cause = new Error(`${what} took longer than ${patience} ms.`);
    given?.expire(cause);
    return unavailable(cause);
  });
}
