/**
 * What a promise settles to, if it does so in time: who waits for a store that hangs must not hang with it.
 * @param milliseconds after which the answer is a rejection.
 */
export function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${milliseconds} ms`)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
