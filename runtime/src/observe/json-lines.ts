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

/** What `JSON.stringify` would make of it, at half the price; `undefined` where it holds something else than short plain texts. */
function plainLine(line: AuditLine): string | undefined {
  const { time, event, level, outcome, status, operation, requestId, traceId, principal, scheme, address } = line;
  const ids = [operation, requestId, traceId, principal, scheme, address, line.subject];
  let members = status === undefined ? 0 : 1;
  for (const text of [time, event, level, outcome, line.code, line.reason, ...ids]) {
    if (text === undefined) continue;
    if (typeof text !== "string" || harmful.test(text)) return undefined;
    members += 1;
  }
  if (members !== Object.keys(line).length || (status !== undefined && !Number.isSafeInteger(status))) return undefined;
  const head = `{"time":"${time}","event":"${event}","level":"${level}","outcome":"${outcome}"`;
  const where = `${member("operation", operation)}${member("requestId", requestId)}${member("traceId", traceId)}`;
  const why = `${member("code", line.code)}${member("reason", line.reason)}`;
  const who = `${member("principal", principal)}${member("scheme", scheme)}${member("address", address)}`;
  const what = member("subject", line.subject);
  return `${head}${status === undefined ? "" : `,"status":${status}`}${where}${why}${who}${what}}\n`;
}

function member(name: string, text: string | undefined): string {
  return text === undefined ? "" : `,"${name}":"${text}"`;
}

function shorten(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? clean(value, longest) : cleanNames(value);
}
