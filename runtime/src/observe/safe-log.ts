import type { Log } from "./log.js";
import { readable, readableText } from "./readable.js";

type Level = "debug" | "info" | "warn" | "error";

/**
 * A logger that takes what it is told as it may stand in a log (`readable`), whatever the logger behind it does about it: facts and words
 * may be what a stranger sent (R55). One that fails fails nobody's call.
 */
export function safeLog(log: Log): Log {
  const at = (level: Level) => (facts: object, message?: string) => {
    try {
      const said = readable(facts instanceof Error ? { err: facts } : facts) as object;
      if (message === undefined) log[level](said);
      else log[level](said, readableText(message));
    } catch {
      tell(log, level);
    }
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (facts) => boundLog(log, facts),
  };
}

/** Facts that cannot be read are said to be so; a logger that cannot even take that is left alone. */
function tell(log: Log, level: Level): void {
  try {
    log[level]({ unreadable: true });
  } catch {
    // There is nobody left to tell.
  }
}

/** A safe logger that says these facts with every line: the logger's own child, where it has children. */
function boundLog(log: Log, facts: object): Log {
  const said = readable(facts) as object;
  try {
    if (log.child !== undefined) return safeLog(log.child(said));
  } catch {
    // Without a child the facts go with each line.
  }
  const at = (level: Level) => (more: object, message?: string) => {
    const all = { ...said, ...(more instanceof Error ? { err: more } : more) };
    if (message === undefined) log[level](all);
    else log[level](all, message);
  };
  return safeLog({ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") });
}
