import { chunksOf, streamOf } from "../http/streams.js";

/** How far a transfer is. */
export interface Progress {
  /** Octets that the other side has taken. */
  readonly octets: number;
  /** Of how many, where that is known. */
  readonly total: number | undefined;
}

/** Is told how far a transfer is. */
export type TellProgress = (progress: Progress) => void;

/**
 * A body that tells how far it is, once a piece, when the next one is asked for: what waits in a buffer of ours has not gone.
 *
 * Octets and Blobs stay what can be sent a second time; where a call is repeated, it counts from the beginning again. A stream is read
 * once: a call that sends it is not repeated. It serves downloads as well.
 * @param total of a stream, where somebody said it: in Content-Length, say.
 */
export function withProgress(body: Blob | Uint8Array, tell: TellProgress): Blob;
/** The same for a stream. */
export function withProgress(
  body: ReadableStream<Uint8Array>,
  tell: TellProgress,
  total?: number,
): ReadableStream<Uint8Array>;
/** The same for any of them. */
export function withProgress(
  body: Blob | Uint8Array | ReadableStream<Uint8Array>,
  tell: TellProgress,
  total?: number,
): Blob | ReadableStream<Uint8Array> {
  if (body instanceof Blob) return new CountedBlob(body, tell, body.type);
  if (body instanceof Uint8Array) return new CountedBlob(body as Uint8Array<ArrayBuffer>, tell);
  // What is no number was not said.
  return counted(body, tell, total !== undefined && total >= 0 ? total : undefined);
}

/** A Blob that is watched while it is read. */
class CountedBlob extends Blob {
  readonly #tell: TellProgress;

  constructor(content: BlobPart, tell: TellProgress, type = "") {
    super([content], { type });
    this.#tell = tell;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return counted(super.stream(), this.#tell, this.size) as ReadableStream<Uint8Array<ArrayBuffer>>;
  }
}

function counted(
  stream: ReadableStream<Uint8Array>,
  tell: TellProgress,
  total: number | undefined,
): ReadableStream<Uint8Array> {
  const pieces = async function* () {
    let octets = 0;
    for await (const chunk of chunksOf(stream)) {
      yield chunk;
      octets += chunk.byteLength;
      tell({ octets, total });
    }
  };
  return streamOf(pieces());
}
