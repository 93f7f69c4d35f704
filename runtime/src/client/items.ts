import { codecOf, essenceOf, isItems } from "../http/codec.js";
import { readItems, UnreadableItem, writeItems } from "../http/items.js";
import { EncodingError } from "../http/scalar.js";
import { chunksOf, isIterable, streamOf } from "../http/streams.js";
import { largestAnswer } from "./collect.js";
import type { ContentCodec } from "./contract.js";
import { Failure } from "./failure.js";

/** JSON Lines, JSON text sequences and server-sent events: items in, items out, each as soon as it is there. */
export const items = {
  takes: (essence) => isItems(codecOf(essence)),
  write: (key, value, { data }, type) => {
    const codec = codecOf(type);
    if (!isItems(codec) || (!isIterable(value) && !Array.isArray(value)))
      throw new EncodingError(key, "an async iterable, or a list, is wanted");
    return {
      type,
      body: { open: () => streamOf(writeItems(value, codec, data)), repeatable: Array.isArray(value) },
    };
  },
  read: (stream, type, { data, exact }) => {
    const codec = codecOf(essenceOf(type));
    return isItems(codec) ? read(stream, codec, data, exact) : stream;
  },
} satisfies ContentCodec;

async function* read(
  stream: ReadableStream<Uint8Array>,
  codec: Parameters<typeof readItems>[1]["codec"],
  data: Parameters<typeof readItems>[1]["data"],
  exact: boolean | undefined,
): AsyncGenerator<unknown, void> {
  try {
    yield* readItems(chunksOf(stream), { codec, depth: deepest, longest: largestAnswer, data, exact });
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (thrown instanceof UnreadableItem)
      throw new Failure("response_invalid", `An item of the answer cannot be read: ${thrown.message}`, {
        cause: thrown,
      });
    throw new Failure("network", "The answer broke off", { cause: thrown });
  }
}

/** Deeper than anybody nests, and less than what overflows a stack. */
const deepest = 512;
