import { pipeline, Readable, type Transform } from "node:stream";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { grownBeyond, uncoded } from "../answers.js";
import type { AnswerBounds, Incoming } from "../contract.js";
import { Failure } from "../failure.js";

interface Coding {
  readonly whole: (input: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;
  readonly stream: () => Transform;
}

const gzip: Coding = { whole: promisify(zlib.gunzip), stream: () => zlib.createGunzip() };
/** RFC 9110, 8.4.1. Without a prototype: a server names them. */
const codings: Readonly<Record<string, Coding | undefined>> = Object.assign(Object.create(null), {
  gzip,
  "x-gzip": gzip,
  deflate: { whole: promisify(zlib.inflate), stream: () => zlib.createInflate() },
  br: { whole: promisify(zlib.brotliDecompress), stream: () => zlib.createBrotliDecompress() },
});

/** As Accept-Encoding says it. */
export const acceptedCodings = "gzip, br, deflate";

/**
 * The coding of an answer; `undefined` where it comes as it is.
 * @throws Failure for one that cannot be undone, and for several: an answer that was pressed twice is no answer to anybody's question.
 */
export function codingOf({ status, headers }: Pick<Incoming, "status" | "headers">): Coding | undefined {
  const name = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return undefined;
  const coding = codings[name];
  if (coding !== undefined) return coding;
  throw new Failure("response_invalid", `The answer is coded as ${JSON.stringify(name)}, which is not read`, {
    status,
  });
}

/** Undoes the coding of an answer that is here, and no further than it may grow. */
export async function inflateWhole(
  { status, headers, body }: Incoming & { readonly body: Uint8Array },
  coding: Coding,
  limits: AnswerBounds,
): Promise<Incoming> {
  const maxOutputLength = Math.min(limits.largest, limits.roomFor(body.byteLength));
  if (body.byteLength === 0) return { status, headers, body };
  try {
    return { status, headers: uncoded(headers), body: await coding.whole(body, { maxOutputLength }) };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE")
      throw grownBeyond(maxOutputLength, status);
    throw new Failure("response_invalid", "The answer is not in the coding that it says", { status, cause });
  }
}

/** The same for one that is handed on as it comes: as large as it likes, and no larger than its ratio. */
export async function* inflateStream(
  chunks: AsyncIterable<Uint8Array>,
  coding: Coding,
  { roomFor }: AnswerBounds,
  status: number,
): AsyncGenerator<Uint8Array, void> {
  let [taken, made, isBroken] = [0, 0, false];
  async function* counted() {
    try {
      for await (const chunk of chunks) {
        taken += chunk.byteLength;
        yield chunk;
      }
    } catch (thrown) {
      isBroken = true;
      throw thrown;
    }
  }
  const engine = coding.stream();
  // What goes wrong comes out of the loop below.
  pipeline(Readable.from(counted(), { objectMode: false }), engine, () => {});
  try {
    for await (const chunk of engine as AsyncIterable<Uint8Array>) {
      made += chunk.byteLength;
      const room = roomFor(taken);
      if (made > room) throw grownBeyond(room, status);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof Failure || isBroken) throw cause;
    // Nothing came, and nothing is to be undone: an answer may be without content, whatever its headers say.
    if (taken === 0) return;
    throw new Failure("response_invalid", "The answer is not in the coding that it says", { status, cause });
  } finally {
    engine.destroy();
  }
}
