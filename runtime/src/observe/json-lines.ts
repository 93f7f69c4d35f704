import type { AuditLine, AuditSink } from "./audit.js";
import { clean, cleanNames, toJsonLine } from "./clean.js";
import { gather, type WriteLines } from "./gather.js";
import { writeTo } from "./streams.js";

/**
 * An audit sink that writes one JSON object a line. Whatever a caller sent stays inside its line (R55): control characters are
 * escaped, long values are cut.
 * @param write takes the lines of one turn of the event loop, each with its line feed; standard output where absent. Where it throws or
 *   rejects, the calls whose lines they are fail.
 */
export function jsonLines(write: WriteLines = writeTo("stdout")): AuditSink {
  const append = gather(write);
  return { write: (line: AuditLine) => append(toAuditLine(line)) };
}

/** An audit line as JSON, with its line feed. In nearly every one there is nothing to escape or to cut. */
export function toAuditLine(line: AuditLine): string {
  const text = line.fields === undefined ? plainLine(line) : undefined;
  return text === undefined || text.length > longest ? toJsonLine(line, shorten) : text;
}

const longest = 1_024;
/** What does not stand in a string of JSON as it is, or not in a log: all but printable ASCII, the quote, and the backslash. */
const harmful = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

const names = [
  "event",
  "level",
  "outcome",
  "operation",
  "requestId",
  "traceId",
  "code",
  "reason",
  "principal",
  "scheme",
  "address",
  "subject",
] as const;

/** What `JSON.stringify` would make of it, at a third of the price; `undefined` where it holds something else than short plain texts. */
function plainLine(line: AuditLine): string | undefined {
  const { time, status } = line;
  if (typeof time !== "string" || (status !== undefined && !Number.isSafeInteger(status))) return undefined;
  let members = 1;
  // All texts are looked at together, at the end: one look at many costs less than many looks at one.
  let said: string = time;
  let text = `{"time":"${time}"`;
  for (const name of names) {
    const value: unknown = line[name];
    if (value === undefined) continue;
    if (typeof value !== "string") return undefined;
    members += 1;
    said += value;
    text += `,"${name}":"${value}"`;
  }
  if (status !== undefined) text += `,"status":${status}`;
  if (harmful.test(said) || members + (status === undefined ? 0 : 1) !== Object.keys(line).length) return undefined;
  return `${text}}\n`;
}

function shorten(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? clean(value, longest) : cleanNames(value);
}
