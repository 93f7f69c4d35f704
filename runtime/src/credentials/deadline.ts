/** Waits for an answer, and no longer: what hangs must not hang the server. Rejects when the time is over. */
export function withinTime<T>(pending: PromiseLike<T>, milliseconds: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`${what} took longer than ${milliseconds} ms`));
    const timer = setTimeout(late, milliseconds);
    pending.then(resolve, reject).then(() => clearTimeout(timer));
  });
}
