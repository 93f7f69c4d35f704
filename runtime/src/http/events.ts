import type { ReceivedHeaders } from "./exchange.js";

/** A server-sent event (HTML Standard, 9.2). */
export interface ServerEvent {
  readonly data: string;
  /** Its type; `message` where absent. */
  readonly event?: string;
  readonly id?: string;
  /** Milliseconds until a client that lost the stream may ask again. */
  readonly retry?: number;
}

/** Reads events out of lines (HTML Standard, 9.2.6). One that the end of the stream cuts off is not an event. */
export async function* readEvents(lines: AsyncIterable<string>): AsyncGenerator<ServerEvent, void> {
  let data: string[] = [];
  let facts: { event?: string; id?: string; retry?: number } = {};
  for await (const line of lines) {
    if (line === "") {
      // A block without data is no event; what it says of the stream (`id`, `retry`) holds all the same, and comes with the next one.
      if (data.length > 0) yield { ...facts, data: data.join("\n") };
      const { event: _, ...rest } = facts;
      facts = data.length > 0 ? {} : rest;
      data = [];
      continue;
    }
    const [name, value] = fieldOf(line);
    if (name === "data") data.push(value);
    else if (name === "event") facts.event = value;
    else if (name === "id" && !value.includes("\0")) facts.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) facts.retry = Number(value);
  }
}

/** A line without a colon is a name; one that begins with a colon is a comment, whose name is empty. */
function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  if (colon === -1) return [line, ""];
  return [line.slice(0, colon), line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1)];
}

/**
 * The text of an event.
 * @throws TypeError for what would be read as something else: a type or an id of several lines.
 */
export function writeEvent({ data, event, id, retry }: ServerEvent): string {
  if (typeof data !== "string") throw new TypeError("An event has data, a text");
  const facts = [
    ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
    ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
    ...(retry === undefined ? [] : [`retry: ${wholeNumber(retry)}`]),
    // A line ends at any of the three ends: what stands in one place must not become a field of its own.
    ...data.split(/\r\n|\n|\r/).map((line) => `data: ${line}`),
  ];
  return `${facts.join("\n")}\n\n`;
}

function oneLine(text: unknown): string {
  if (typeof text !== "string" || /[\r\n\0]/.test(text))
    throw new TypeError("The type or the id of an event is no line");
  return text;
}

function wholeNumber(count: unknown): number {
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0)
    throw new TypeError("retry is a number of milliseconds");
  return count;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The id of the last event that a caller has seen (HTML Standard, 9.2.4): UTF-8, in one line. */
export function lastEventIdOf(headers: ReceivedHeaders): string | undefined {
  const [line, ...more] = headers.all("last-event-id");
  if (line === undefined || more.length > 0) return undefined;
  try {
    // The octets of a header come as characters up to U+00FF.
    return utf8.decode(Uint8Array.from(line, (unit) => unit.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
