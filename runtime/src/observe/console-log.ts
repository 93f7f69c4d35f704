import { toJsonLine } from "./clean.js";
import type { Log } from "./log.js";
import { readable, readableText } from "./readable.js";
import { writeTo } from "./streams.js";

/**
 * A log of JSON lines: warnings and errors, nothing below. Values under names that speak of secrets are left out, errors are
 * written with their causes, and no line can be forged from within (R55).
 * @param write takes a whole line with its line feed; standard error where absent.
 */
export function consoleLog(write: (line: string) => void = writeTo("stderr")): Log {
  const at = (level: string) => (facts: object, message?: string) => {
    const said = message === undefined ? {} : { message: readableText(message) };
    write(lineOf({ time: new Date().toISOString(), level, ...said }, facts));
  };
  return { debug: () => {}, info: () => {}, warn: at("warn"), error: at("error") };
}

/** A log must not fail the call that it tells of: facts that cannot be written are said to be so. */
function lineOf(head: object, facts: object): string {
  try {
    const said = readable(facts instanceof Error ? { error: facts } : facts) as object;
    // In this order first, and none of it to be said by anybody else.
    return toJsonLine({ ...head, ...said, ...head });
  } catch {
    return toJsonLine({ ...head, unreadable: true });
  }
}
