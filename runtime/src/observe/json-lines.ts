import type { AuditLine, AuditSink } from "./audit.js";
import { clean, cleanNames, toJsonLine } from "./clean.js";
import { writeTo } from "./streams.js";

/**
 * An audit sink that writes one JSON object a line. Whatever a caller sent stays inside its line (R55): control characters are
 * escaped, long values are cut.
 * @param write takes a whole line with its line feed; standard output where absent.
 */
export function jsonLines(write: (line: string) => void = writeTo("stdout")): AuditSink {
  return { write: (line: AuditLine) => write(toJsonLine(line, shorten)) };
}

function shorten(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? clean(value, 1_024) : cleanNames(value);
}
