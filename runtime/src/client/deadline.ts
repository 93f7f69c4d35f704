import { callEnding } from "#ending";
import type { Ending } from "./contract.js";
import { Failure, type FailureCode } from "./failure.js";

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
    const ending = callEnding();
    let ended: Failure | undefined;
    // A step of the caller's may not listen: the call ends all the same.
    const end = (code: FailureCode, message: string, cause?: unknown) => {
      ended ??= new Failure(code, message, { cause });
      ending.end(ended);
      reject(ended);
    };
    const abort = () => end("aborted", "The caller aborted the call", outer?.reason);
    if (outer?.aborted) return abort();
    outer?.addEventListener("abort", abort, { once: true });
    const late = () => end("timeout", `The call took longer than ${milliseconds} ms`);
    const timer = setTimeout(late, Math.min(milliseconds, longest));
    const leave = (hears: boolean) => {
      clearTimeout(timer);
      if (!hears) outer?.removeEventListener("abort", abort);
    };
    run(ending).then(
      (outcome) => {
        leave(goesOn(outcome));
        resolve(outcome);
      },
      (thrown) => {
        leave(false);
        // Transports and token endpoints reject in words of their own when the call ends.
        reject(ended ?? thrown);
        // An answer that was refused while it comes in would keep its connection.
        end("aborted", "The call failed");
      },
    );
  });
}
