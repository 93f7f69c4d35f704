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
  const { time, event, level, outcome, status } = line;
  if (!isPlain(time) || !isPlain(event) || !isPlain(level) || !isPlain(outcome)) return undefined;
  let text = `{"time":"${time}","event":"${event}","level":"${level}","outcome":"${outcome}"`;
  let members = 4;
  if (status !== undefined) {
    if (!Number.isSafeInteger(status)) return undefined;
    text += `,"status":${status}`;
    members += 1;
  }
  for (const name of names) {
    const value: unknown = line[name];
    if (value === undefined) continue;
    if (!isPlain(value)) return undefined;
    text += `,"${name}":"${value}"`;
    members += 1;
  }
  return members === Object.keys(line).length ? `${text}}\n` : undefined;
}

function isPlain(value: unknown): value is string {
  return typeof value === "string" && !harmful.test(value);
}

function shorten(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? clean(value, longest) : cleanNames(value);
}
