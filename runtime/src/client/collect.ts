import { Failure } from "./failure.js";

/** The most octets of an answer that are kept. What is handed on as it comes is not counted. */
export const largestAnswer = 2 ** 26;

/**
 * The octets of a stream, once all are there.
 * @throws Failure `response_invalid` when they are more than is kept.
 */
export async function collect(
  stream: ReadableStream<Uint8Array> | null,
  status: number,
  largest = largestAnswer,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    length += next.value.byteLength;
    if (length > largest) {
      await reader?.cancel().catch(() => undefined);
      throw new Failure("response_invalid", `The answer is larger than ${largest} octets`, { status });
    }
    chunks.push(next.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
