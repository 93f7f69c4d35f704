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

/** An audit line as JSON, with its line feed. In nearly every one there is nothing to escape or to cut, which its JSON shows at once. */
export function toAuditLine(line: AuditLine): string {
  if (line.fields === undefined) {
    const text = JSON.stringify(line);
    if (text.length <= longest && harmless.test(text)) return `${text}\n`;
  }
  return toJsonLine(line, shorten);
}

const longest = 1_024;
/** Printable ASCII; a backslash would be an escape. */
const harmless = /^[\x20-\x5b\x5d-\x7e]*$/;

function shorten(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? clean(value, longest) : cleanNames(value);
}
