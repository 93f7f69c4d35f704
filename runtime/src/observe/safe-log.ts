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
      const said = without(reserved, factsOf(facts));
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

/** What pino, and loggers of its shape, say of a line themselves: JSON that says it twice is read as its last word. */
const reserved: object = { level: 0, time: 0, msg: 0, pid: 0, hostname: 0 };

function factsOf(facts: object): object {
  return readable(facts instanceof Error ? { err: facts } : facts) as object;
}

function without(taken: object, facts: object): object {
  const free = Object.entries(facts).map(([name, one]) => [Object.hasOwn(taken, name) ? `_${name}` : name, one]);
  return Object.fromEntries(free);
}

/**
 * A safe logger that says these facts with every line, and lets no line say them otherwise: by the logger's own child, where it has children.
 */
function boundLog(log: Log, facts: object): Log {
  let said: object = { unreadable: true };
  let child: Log | undefined;
  try {
    said = without(reserved, factsOf(facts));
    child = log.child?.(said);
  } catch {
    // Without a child the facts go with each line.
  }
  const at = (level: Level) => (more: object, message?: string) => {
    const own = without(said, more);
    const all = child === undefined ? { ...said, ...own } : own;
    if (message === undefined) (child ?? log)[level](all);
    else (child ?? log)[level](all, message);
  };
  return safeLog({ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") });
}
