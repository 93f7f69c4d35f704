import type { Held } from "../policy/index.js";
import { hold, release } from "./held.js";
import { isIterable, isStream } from "./streams.js";

/** Content that has been read, as code holds it: of items each one, of a multipart body with files its fields, and octets as they are. */
export function holdContent(value: unknown, held: Held | undefined): unknown {
  if (isStream(value)) return value;
  if (isIterable(value)) return each(value, (item) => hold(item, held));
  return hasFiles(value) ? { ...value, fields: hold(value.fields, held) } : hold(value, held);
}

/**
 * Content that is to be written, as it is on the wire. Octets hold nothing, so that a stream here is one of items.
 * @throws EncodingError
 */
export function releaseContent(value: unknown, held: Held): unknown {
  return isIterable(value) ? each(value, (item) => release(item, held)) : release(value, held);
}

async function* each(items: AsyncIterable<unknown>, turn: (item: unknown) => unknown): AsyncGenerator<unknown, void> {
  for await (const item of items) yield turn(item);
}

/** No JSON holds what is asked for piece by piece. */
function hasFiles(value: unknown): value is { readonly fields: unknown } {
  return typeof value === "object" && value !== null && "files" in value && isIterable(value.files);
}
