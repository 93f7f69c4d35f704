import type { ItemCodec } from "./codec.js";
import { readEvents, type ServerEvent, writeEvent } from "./events.js";
import { type Breadth, type JsonReading, parseJson } from "./json.js";
import { jsonText } from "./json-text.js";

/** How the items of a stream are read. */
export interface ItemOptions {
  readonly codec: ItemCodec;
  /** How deep JSON may nest. */
  readonly depth: number;
  /** How broad it may be; absent where who sends it is trusted that far. */
  readonly breadth?: Breadth;
  /** Octets of one item: what never ends is not kept. */
  readonly longest: number;
  /** What the items of server-sent events are: the events; or their data, as JSON. */
  readonly data?: EventData | undefined;
  /** Whether integers that a number cannot hold are `WideInteger`s. */
  readonly exact?: boolean | undefined;
}

/** `event`: an item is an event, and its data is JSON. `item`: an item is the data of an event. */
export type EventData = "event" | "item";

/** An item that cannot be read. */
export class UnreadableItem extends Error {}

/**
 * The items of a body, each as soon as it is there.
 * @throws UnreadableItem
 */
export async function* readItems(
  chunks: AsyncIterable<Uint8Array>,
  options: ItemOptions,
): AsyncGenerator<unknown, void> {
  const { codec, longest, data } = options;
  const parsed = (text: string) => parse(text, options);
  if (codec === "events") {
    for await (const event of readEvents(lines(chunks, /\r\n|\n|\r/, longest))) {
      // Not JSON, and said by nobody's schema: the end, as the first large API of this kind spelt it.
      if (data === "item" && event.data === "[DONE]") return;
      if (data === undefined) yield event;
      else yield data === "item" ? parsed(event.data) : { ...event, data: parsed(event.data) };
    }
    return;
  }
  // RFC 7464, 2.1: every text begins with a record separator. JSON Lines end with a line feed.
  for await (const line of lines(chunks, codec === "lines" ? "\n" : "\u001e", longest)) {
    if (line.trim() !== "") yield parsed(line);
  }
}

function parse(text: string, { depth, breadth, exact }: ItemOptions): unknown {
  const reading: JsonReading = parseJson(text, depth, breadth, exact);
  if ("fault" in reading) throw new UnreadableItem(reading.fault);
  return reading.value;
}

/** The texts between the ends of lines, the last one included. What has been looked at once is not looked at again. */
async function* lines(
  chunks: AsyncIterable<Uint8Array>,
  end: RegExp | string,
  longest: number,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let pieces: string[] = [];
  let size = 0;
  let held = "";
  for await (const chunk of chunks) {
    const text = held + decoded(decoder, chunk);
    // A carriage return at the end may be half of an end of line.
    held = text.endsWith("\r") ? "\r" : "";
    const [first = "", ...more] = text.slice(0, text.length - held.length).split(end);
    pieces.push(first);
    size += first.length;
    if (size > longest) throw new UnreadableItem(`An item is longer than ${longest}.`);
    for (const next of more) {
      yield pieces.join("");
      pieces = [next];
      size = next.length;
    }
  }
  yield* `${pieces.join("")}${held}${decoded(decoder, undefined)}`.split(end);
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new UnreadableItem("The text is not UTF-8.");
  }
}

/**
 * The octets of items, each as soon as it is there.
 * @throws TypeError for an item that the media type cannot hold.
 */
export async function* writeItems(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  codec: ItemCodec,
  data?: EventData,
): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for await (const item of items) yield encoder.encode(itemText(item, codec, data));
}

function itemText(item: unknown, codec: ItemCodec, data: EventData | undefined): string {
  if (codec === "events") return writeEvent(eventOf(item, data));
  return codec === "lines" ? `${jsonOf(item)}\n` : `\u001e${jsonOf(item)}\n`;
}

function eventOf(item: unknown, data: EventData | undefined): ServerEvent {
  if (data === "item") return { data: jsonOf(item) };
  if (typeof item !== "object" || item === null) throw new TypeError("An event is an object");
  const event = item as ServerEvent;
  return data === "event" ? { ...event, data: jsonOf(event.data) } : event;
}

function jsonOf(value: unknown): string {
  const text = jsonText(value);
  if (text === undefined) throw new TypeError("The item has no JSON form");
  return text;
}
