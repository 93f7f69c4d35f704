import { within } from "../http/deadline.js";
import type { Exchange, Octets, ReceivedHeaders } from "../http/exchange.js";
import { codingOf, inflate, inflated } from "../http/inflate.js";
import { bounded } from "../http/streams.js";
import { type Bounds, toMilliseconds } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import { bodyTooSlow, unsupportedCoding } from "../problem/refusals.js";

/** The part of an exchange that bodies are read from. */
export type BodySource = Pick<Exchange, "headers" | "read" | "chunks">;

/** A body as it may be read: in time, and without its content coding; or why it is not read at all. */
export function compileSource({
  readTimeout = "10s",
  inflateRatio,
}: Bounds): (exchange: Exchange) => BodySource | Refusal {
  const patience = toMilliseconds(readTimeout);
  return (exchange) => {
    const coding = codingOf(exchange.headers.all("content-encoding"));
    if (coding === undefined) return new TimedSource(exchange, patience);
    // RFC 9110, 15.5.16: what would have been taken. A body that nobody undoes would be validated as something that it is not.
    if (inflateRatio === undefined) return unsupportedCoding("identity");
    if (coding === "unknown") return unsupportedCoding(inflated);
    return new InflatedSource(exchange, (chunks) => inflate(chunks, coding, inflateRatio), patience);
  };
}

class TimedSource implements BodySource {
  readonly #exchange: Exchange;
  readonly #patience: number;

  constructor(exchange: Exchange, patience: number) {
    this.#exchange = exchange;
    this.#patience = patience;
  }

  get headers(): ReceivedHeaders {
    return this.#exchange.headers;
  }

  read(limit: number): Octets | Promise<Octets> {
    const octets = this.#exchange.read(limit);
    return octets instanceof Promise ? within(octets, this.#patience, slow) : octets;
  }

  chunks(): AsyncIterable<Uint8Array> {
    return paced(this.#exchange.chunks(), this.#patience);
  }
}

class InflatedSource implements BodySource {
  readonly #exchange: Exchange;
  readonly #undo: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  readonly #patience: number;

  constructor(
    exchange: Exchange,
    undo: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
    patience: number,
  ) {
    this.#exchange = exchange;
    this.#undo = undo;
    this.#patience = patience;
  }

  get headers(): ReceivedHeaders {
    return this.#exchange.headers;
  }

  /** No more octets come in than may come out. */
  async read(limit: number): Promise<Octets> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of this.#undo(bounded(paced(this.#exchange.chunks(), this.#patience), limit))) {
      size += piece.length;
      if (size > limit) return undefined;
      pieces.push(piece);
    }
    return joined(pieces, size);
  }

  chunks(): AsyncIterable<Uint8Array> {
    return this.#undo(paced(this.#exchange.chunks(), this.#patience));
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * A body that comes piece by piece may take its time, but not for ever: after the patience an octet a millisecond is wanted (R37). What the
 * handler does between two pieces is not counted.
 */
async function* paced(chunks: AsyncIterable<Uint8Array>, patience: number): AsyncGenerator<Uint8Array, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let left = patience;
  let ended = false;
  try {
    for (;;) {
      const before = performance.now();
      const next = await within(iterator.next(), left, slow);
      if (next.done === true) {
        ended = true;
        return;
      }
      left += next.value.length - (performance.now() - before);
      yield next.value;
    }
  } finally {
    // One that still waits for its next piece hears of it when that comes.
    if (!ended) iterator.return?.().then(undefined, () => undefined);
  }
}

function slow(): never {
  throw bodyTooSlow();
}
