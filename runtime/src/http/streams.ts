import { Refusal } from "../problem/refusal.js";
import { badRequest, bodyTooLarge } from "../problem/refusals.js";

/**
 * The pieces of a body, up to a limit. A caller that breaks off, and one that sends more, end it with a Refusal.
 * @throws Refusal
 */
export async function* bounded(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array, void> {
  let size = 0;
  for await (const chunk of whole(chunks)) {
    size += chunk.length;
    if (size > limit) throw bodyTooLarge(limit);
    yield chunk;
  }
}

/** RFC 9112, 8: a body that ends before its length is incomplete, and is not taken for a shorter one. */
async function* whole(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* chunks;
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    const { status, title, detail } = badRequest("The body did not arrive whole.");
    throw new Refusal("bad_request", { status, title, ...(detail === undefined ? {} : { detail }), cause });
  }
}

/**
 * What comes one by one, as a web stream: asked for as it is read, given up when it is cancelled.
 * @param giveUp ends what the pieces come from, whether or not one was asked for.
 */
export function streamOf(chunks: AsyncIterable<Uint8Array>, giveUp?: () => void): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => {
        giveUp?.();
        await iterator.return?.();
      },
    },
    // What nobody reads yet is not asked for.
    { highWaterMark: 0 },
  );
}

/** A web stream, one piece after the other. Whoever stops early cancels it. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } finally {
    // What is to be thrown is thrown: that the other end fails as well says nothing more.
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}

/** Whether a value is a web stream, of this realm or another. */
export function isStream(value: unknown): value is ReadableStream<Uint8Array> {
  return typeof value === "object" && value !== null && "getReader" in value && typeof value.getReader === "function";
}

/** Whether a value can be read one by one. */
export function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Gives up what nobody will read. A generator that has not begun has nothing to end yet, so it begins. */
export function dismiss(pieces: AsyncIterable<unknown>): void {
  const iterator = pieces[Symbol.asyncIterator]();
  iterator
    .next()
    .then(() => iterator.return?.())
    .catch(() => undefined);
}
