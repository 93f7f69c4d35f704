/** A comment (HTML Standard, 9.2.6): says that the stream lives, and is no event. */
const beat = new TextEncoder().encode(":\n\n");

/**
 * The octets of server-sent events, with a comment wherever there has been nothing to send for a while: proxies end connections on which
 * nothing moves (HTML Standard, 9.2.7). A comment is made when it is asked for, so a slow reader is sent none.
 * @param every milliseconds.
 */
export async function* withHeartbeat(
  chunks: AsyncIterable<Uint8Array>,
  every: number,
): AsyncGenerator<Uint8Array, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let pending = iterator.next();
  let ended = false;
  try {
    for (;;) {
      const next = await within(pending, every);
      if (next === undefined) {
        yield beat;
        continue;
      }
      if (next.done === true) {
        ended = true;
        return;
      }
      yield next.value;
      pending = iterator.next();
    }
  } catch (thrown) {
    ended = true;
    throw thrown;
  } finally {
    if (!ended) leave(iterator, pending);
  }
}

/** The outcome; `undefined` where it has not come in time. */
async function within<T>(pending: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody reads any more. A generator ends when what it waits for is there: that is not waited for. */
function leave(iterator: AsyncIterator<Uint8Array>, pending: Promise<unknown>): void {
  pending.catch(() => undefined);
  iterator.return?.().catch(() => undefined);
}
