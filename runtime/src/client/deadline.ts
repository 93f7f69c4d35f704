import { Failure } from "./failure.js";
import { waitFor } from "./sleep.js";

/** The longest that a timer can wait: a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/**
 * Runs a call under a deadline and the caller's own signal, whichever ends it first.
 * @param milliseconds for the whole call, repeats included.
 * @param goesOn whether the call's end is not the end of it: a stream hears of the caller's signal for as long as it lives.
 * @throws Failure `timeout` or `aborted`.
 */
export async function withDeadline<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
  goesOn: (outcome: T) => boolean = () => false,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(new Failure("aborted", "The caller aborted the call", { cause: outer?.reason }));
  if (outer?.aborted === true) abort();
  else outer?.addEventListener("abort", abort, { once: true });
  const late = () => controller.abort(new Failure("timeout", `The call took longer than ${milliseconds} ms`));
  const timer = setTimeout(late, Math.min(milliseconds, longest));
  let lives = false;
  try {
    controller.signal.throwIfAborted();
    // A step of the caller's may not listen to the signal: the call ends all the same.
    const outcome = await waitFor(run(controller.signal), controller.signal);
    lives = goesOn(outcome);
    return outcome;
  } catch (thrown) {
    // Transports and token endpoints reject in words of their own when the signal fires.
    throw controller.signal.aborted ? controller.signal.reason : thrown;
  } finally {
    clearTimeout(timer);
    if (!lives) outer?.removeEventListener("abort", abort);
  }
}
