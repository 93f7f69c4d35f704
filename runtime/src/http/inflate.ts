import { Refusal } from "../problem/refusal.js";
import { badRequest } from "../problem/refusals.js";

/** The content codings that every platform can undo (RFC 9110, 8.4.1), by the names that the platform has for them. */
const codings: Readonly<Record<string, CompressionFormat>> = { gzip: "gzip", "x-gzip": "gzip", deflate: "deflate" };

/** As `Accept-Encoding` says it. */
export const inflated = "gzip, deflate";

/** The coding that the lines of `Content-Encoding` name: `undefined` for none, `unknown` for several and for what cannot be undone. */
export function codingOf(lines: readonly string[]): CompressionFormat | "unknown" | undefined {
  if (lines.length === 0) return undefined;
  const names = lines
    .join(",")
    .toLowerCase()
    .split(",")
    .map((one) => one.trim());
  const [name = "", ...more] = names.filter((one) => one !== "" && one !== "identity");
  if (name === "") return undefined;
  return more.length === 0 && Object.hasOwn(codings, name) ? (codings[name] ?? "unknown") : "unknown";
}

/** What is small is let grow: a few octets that repeat are no attack. */
const free = 65_536;

/**
 * Undoes a content coding, piece by piece, and no further than a body may grow by it (R37).
 * @throws Refusal where the body grows more than `ratio` times, or is not in the coding that it says.
 */
export async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
  format: CompressionFormat,
  ratio: number,
): AsyncGenerator<Uint8Array, void> {
  const meter = new Meter(chunks);
  const stream = new ReadableStream<BufferSource>(
    { pull: (controller) => meter.pull(controller) },
    { highWaterMark: 0 },
  );
  const reader = stream.pipeThrough(new DecompressionStream(format)).getReader();
  let plain = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((): never => meter.fail());
      if (done) return;
      plain += value.length;
      if (plain > free && plain > meter.octets * ratio) throw grown(ratio);
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Hands on the pieces of a body, and counts their octets. */
class Meter {
  octets = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #fault: unknown;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#pieces = chunks[Symbol.asyncIterator]();
  }

  async pull(controller: ReadableStreamDefaultController<BufferSource>): Promise<void> {
    try {
      const { done, value } = await this.#pieces.next();
      if (done === true) return controller.close();
      this.octets += value.length;
      controller.enqueue(value as Uint8Array<ArrayBuffer>);
    } catch (thrown) {
      this.#fault = thrown;
      throw thrown;
    }
  }

  /** What ended the source; where nothing did, the body is not in the coding that it says. */
  fail(): never {
    throw this.#fault ?? badRequest("The body is not in the coding that it says.");
  }
}

function grown(ratio: number): Refusal {
  return new Refusal("body_too_large", {
    status: 413,
    title: "The body is too large",
    detail: `It grows more than ${ratio} times.`,
  });
}
