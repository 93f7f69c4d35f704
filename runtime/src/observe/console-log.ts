import { clean, cleanNames, toJsonLine } from "./clean.js";
import type { Log } from "./log.js";
import { writeTo } from "./streams.js";

/**
 * A log of JSON lines: warnings and errors, nothing below. Values under names that speak of secrets are left out, errors are
 * written with their causes, and no line can be forged from within (R55).
 * @param write takes a whole line with its line feed; standard error where absent.
 */
export function consoleLog(write: (line: string) => void = writeTo("stderr")): Log {
  const at = (level: string) => (facts: object, message?: string) => {
    write(lineOf({ time: new Date().toISOString(), level, ...(message === undefined ? {} : { message }) }, facts));
  };
  return { debug: () => {}, info: () => {}, warn: at("warn"), error: at("error") };
}

/** A log must not fail the call that it tells of: facts that cannot be written are said to be so. */
function lineOf(head: object, facts: object): string {
  try {
    return toJsonLine({ ...head, ...(facts instanceof Error ? { error: facts } : facts) }, readable());
  } catch {
    return toJsonLine({ ...head, unreadable: true }, readable());
  }
}

const secret =
  /pass(word|phrase)|secret|credential|authorization|cookie|(access|refresh|id|bearer)_?token|^token$|api_?-?key/i;

// A token that slipped into a message, such as the one that a library quotes in its error.
const quoted = /\b(?:bearer|basic|dpop) +[A-Za-z0-9._~+/=-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*/gi;

function readable(): (key: string, value: unknown) => unknown {
  return (key, value) => {
    if (secret.test(key) && value !== undefined) return "[hidden]";
    if (typeof value === "bigint") return String(value);
    if (typeof value === "string") return clean(value.replace(quoted, "[hidden]"), key === "stack" ? 4_096 : 1_024);
    return value instanceof Error ? factsOf(value) : cleanNames(value);
  };
}

/** Name, message and cause only: libraries hang claims and request bodies on their errors. */
function factsOf(error: Error): object {
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return {
    name: error.name,
    message: error.message,
    ...code,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  };
}
