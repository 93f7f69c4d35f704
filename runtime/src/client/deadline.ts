import { Failure } from "./failure.js";
import { waitFor } from "./sleep.js";

/** The longest that a timer can wait: a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/**
 * Runs a call under a deadline and the caller's own signal, whichever ends it first.
 * @param milliseconds for the whole call, repeats included.
 * @throws Failure `timeout` or `aborted`.
 */
export async function withDeadline<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(new Failure("aborted", "The caller aborted the call", { cause: outer?.reason }));
  if (outer?.aborted === true) abort();
  else outer?.addEventListener("abort", abort, { once: true });
  const late = () => controller.abort(new Failure("timeout", `The call took longer than ${milliseconds} ms`));
  const timer = setTimeout(late, Math.min(milliseconds, longest));
  try {
    controller.signal.throwIfAborted();
    // A step of the caller's may not listen to the signal: the call ends all the same.
    return await waitFor(run(controller.signal), controller.signal);
  } catch (thrown) {
    // Transports and token endpoints reject in words of their own when the signal fires.
    throw controller.signal.aborted ? controller.signal.reason : thrown;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", abort);
  }
}
