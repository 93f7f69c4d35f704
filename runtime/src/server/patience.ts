import type { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";

/** How long code of the user's may take that a call waits for before it may go on, in milliseconds. */
export const defaultPatience = 5_000;

/** What was awaited; or, when it does not come in time, a refusal: what hangs must not hang the server, nor open it (R12). */
export function inTime<T>(pending: PromiseLike<T>, patience: number, what: string): Promise<T | Refusal> {
  return new Promise((resolve, reject) => {
    const late = () => resolve(unavailable(new Error(`${what} took longer than ${patience} ms.`)));
    const timer = setTimeout(late, patience);
    pending.then(resolve, reject).then(() => clearTimeout(timer));
  });
}
