import type { Reply } from "../http/exchange.js";
import { isIterable } from "../http/streams.js";

/** How a call ended, as far as its caller was told. */
export interface Ending {
  readonly status: number;
  /** Octets of content that were handed on to be sent. */
  readonly octets: number;
}

/** Wants to be told, once, when a call is over. What it returns is not waited for. */
export type Closer = (ending: Ending) => void;

/** What of a call knows who wants to be told. */
export interface Closing {
  closers: readonly Closer[];
}

/** Tells everybody who wants to be told that a call is over: at once, or when the last piece of its answer is on its way. */
export function closing(reply: Reply, call: Closing): Reply {
  if (call.closers.length === 0) return reply;
  const { status, body } = reply;
  if (isIterable(body)) return { ...reply, body: counted(body, (octets) => close(call, { status, octets })) };
  close(call, { status, octets: body === undefined ? 0 : Buffer.byteLength(body) });
  return reply;
}

/** Tells them now. Whoever fails to listen keeps nobody else from it. */
export function close(call: Closing, ending: Ending): void {
  const { closers } = call;
  call.closers = [];
  for (const closer of closers) {
    try {
      closer(ending);
    } catch {
      // It is too late to refuse anything: what was not given back stays counted.
    }
  }
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  end: (octets: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let octets = 0;
  try {
    for await (const piece of pieces) {
      octets += piece.length;
      yield piece;
    }
  } finally {
    end(octets);
  }
}
