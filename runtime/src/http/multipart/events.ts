import { make, type PartInfo } from "multipasta";
import { Refusal } from "../../problem/refusal.js";
import { badRequest, bodyTooLarge } from "../../problem/refusals.js";
import { bounded } from "../streams.js";
import type { PartBounds } from "./contract.js";

/** What a multipart body is made of, in the order in which it comes. */
export type Event =
  | { readonly kind: "field"; readonly info: PartInfo; readonly octets: Uint8Array }
  | { readonly kind: "file"; readonly info: PartInfo }
  | { readonly kind: "chunk"; readonly octets: Uint8Array }
  | { readonly kind: "end" };

/** What has been read of the body and not been asked for yet: what one piece of it gave. */
export interface Source {
  /** The next event; `undefined` at the end of the body. */
  readonly next: () => Promise<Event | undefined>;
  readonly unread: (event: Event) => void;
}

/**
 * Takes a multipart body apart (RFC 2046, 5.1), no faster than it is asked for.
 * @param files the names of parts that are files: their octets come as they are there, those of every other part at once.
 */
export function openParts(
  octets: AsyncIterable<Uint8Array>,
  boundary: string,
  files: ReadonlySet<string>,
  bounds: PartBounds,
): Source {
  const events: Event[] = [];
  let fault: Refusal | undefined;
  let done = false;
  let part: PartInfo | undefined;
  // Of a part whose header section has no end the parser tells as if it were the one before, or none.
  const begin = (info: PartInfo | undefined): boolean => {
    // RFC 2046, 5.1.1: what comes behind the last boundary is to be ignored.
    if (done) return false;
    if (info === undefined || info === part) fault ??= malformed("A part has no whole header section.");
    part = info;
    return fault === undefined;
  };
  const parser = make({
    headers: { "content-type": `multipart/form-data; boundary="${boundary}"` },
    isFile: ({ name }) => files.has(name),
    maxParts: bounds.parts,
    maxFieldSize: bounds.body,
    onField: (info, octets) => void (begin(info) && events.push({ kind: "field", info, octets })),
    onFile: (info) => {
      if (!begin(info)) return () => undefined;
      events.push({ kind: "file", info });
      let ended = false;
      return (octets) => {
        if (octets === null && ended) begin(info);
        ended ||= octets === null;
        events.push(octets === null ? { kind: "end" } : { kind: "chunk", octets });
      };
    },
    onError: (error) => {
      if (done) return;
      fault ??= error._tag === "ReachedLimit" ? bodyTooLarge(bounds.body) : malformed("It is not multipart.");
    },
    onDone: () => {
      done = true;
    },
  });
  const weigh = weightOf(bounds, events);
  // Files are bounded one by one, and there are no more of them than parts.
  const chunks = bounded(octets, bounds.body + bounds.file * Math.max(1, files.size) * bounds.parts);
  const seams = seamsOf(boundary);
  const more = async (): Promise<boolean> => {
    const { done: ended, value } = await chunks.next();
    const before = events.length;
    try {
      const ready = ended === true ? seams.rest() : seams.take(value);
      if (!done && ready.length > 0) parser.write(ready);
      fault ??= weigh(ready, before);
      if (!done && ended === true) parser.end();
    } catch (cause) {
      // The parser decodes an extended file name (RFC 8187) without a net.
      throw new Refusal("bad_request", { ...malformedFacts, cause });
    }
    if (ended === true && !done) fault ??= malformed("It did not arrive whole.");
    return ended !== true;
  };
  return {
    next: async () => {
      while (events.length === 0) {
        if (fault !== undefined) throw fault;
        if (!(await more())) {
          if (fault !== undefined) throw fault;
          return undefined;
        }
      }
      if (fault !== undefined) throw fault;
      return events.shift();
    },
    unread: (event) => void events.unshift(event),
  };
}

/** Cuts a body where no boundary stands. */
interface Seams {
  readonly take: (chunk: Uint8Array) => Uint8Array;
  readonly rest: () => Uint8Array;
}

/**
 * The parser looks for the two octets behind a boundary in the piece in which it ends. So what may be a part of a boundary is held back
 * until it has come whole, those two octets included.
 */
function seamsOf(boundary: string): Seams {
  const longest = boundary.length + 6;
  let held = new Uint8Array();
  let started = false;
  return {
    take: (chunk) => {
      const data = held.length === 0 ? chunk : joined(held, chunk);
      // The first boundary has no line before it.
      started ||= data.length >= longest;
      const end = started ? lastSafe(data, longest) : 0;
      held = data.slice(end);
      return data.subarray(0, end);
    },
    rest: () => held,
  };
}

const carriageReturn = 0x0d;

/** Where the last octets begin that may be the beginning of a boundary. */
function lastSafe(data: Uint8Array, longest: number): number {
  const mark = data.indexOf(carriageReturn, Math.max(0, data.length - longest + 1));
  return mark === -1 ? data.length : mark;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

/** Counts what is no file, names and headers of parts included, and each file by itself. */
function weightOf(
  bounds: PartBounds,
  events: readonly Event[],
): (chunk: Uint8Array, from: number) => Refusal | undefined {
  let rest = 0;
  let file = 0;
  return (chunk, from) => {
    rest += chunk.length;
    for (const event of events.slice(from)) {
      if (event.kind === "file") file = 0;
      if (event.kind !== "chunk") continue;
      rest -= event.octets.length;
      file += event.octets.length;
      if (file > bounds.file) return bodyTooLarge(bounds.file);
    }
    return rest > bounds.body ? bodyTooLarge(bounds.body) : undefined;
  };
}

const malformedFacts = { status: 400, title: "The request is malformed", detail: "The body is not multipart." };

/** A body that is no multipart. */
export function malformed(detail: string): Refusal {
  return badRequest("The body cannot be read.", [{ in: "body", pointer: "#", detail }]);
}
