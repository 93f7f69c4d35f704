import type { Ending } from "./contract.js";
import { CallEnding } from "./ending.js";
import { Failure } from "./failure.js";

/** The longest that a timer can wait: a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/**
 * Runs a call under a deadline and the caller's own signal, whichever ends it first.
 * @param milliseconds for the whole call, repeats included.
 * @param goesOn whether the call's end is not the end of it: a stream hears of the caller's signal for as long as it lives.
 * @throws Failure `timeout` or `aborted`.
 */
export function withDeadline<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  run: (ending: Ending) => Promise<T>,
  goesOn: (outcome: T) => boolean = () => false,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const ending = new CallEnding();
    // A step of the caller's may not listen: the call ends all the same.
    const end = (reason: Failure) => {
      ending.end(reason);
      reject(reason);
    };
    const abort = () => end(new Failure("aborted", "The caller aborted the call", { cause: outer?.reason }));
    if (outer?.aborted === true) return abort();
    outer?.addEventListener("abort", abort, { once: true });
    const late = () => end(new Failure("timeout", `The call took longer than ${milliseconds} ms`));
    const timer = setTimeout(late, Math.min(milliseconds, longest));
    run(ending).then(
      (outcome) => {
        clearTimeout(timer);
        if (!goesOn(outcome)) outer?.removeEventListener("abort", abort);
        resolve(outcome);
      },
      (thrown) => {
        clearTimeout(timer);
        outer?.removeEventListener("abort", abort);
        // Transports and token endpoints reject in words of their own when the call ends.
        reject(ending.reason ?? thrown);
        // An answer that was refused while it comes in would keep its connection.
        ending.end(new Failure("aborted", "The call failed"));
      },
    );
  });
}
