import type { Log } from "./log.js";
import type { Departure, Observer } from "./observer.js";
import { safeLog } from "./safe-log.js";

/** How loudly a line is said; `undefined`: it is not. */
export type LineLevel = "debug" | "info" | "warn" | "error" | undefined;

/** Options of `requestLog`. */
export interface RequestLogOptions {
  /** Default: `error` from 500 on, `warn` from 400 on, else `info`. */
  readonly level?: (departure: Departure) => LineLevel;
}

/**
 * One line a request, when it is over: ids, who and what it was, how it ended and how long it took. Paths are templates, and no value of a parameter, a
 * header or a body is in it: what is not there needs no mask.
 * @param log a logger of pino's shape, `pino()` for one.
 */
export function requestLog(log: Log, { level = levelOf }: RequestLogOptions = {}): Observer {
  const safe = safeLog(log);
  return {
    begin: () => ({
      end: (departure) => {
        const loud = level(departure);
        if (loud !== undefined) safe[loud](lineOf(departure), "request");
      },
    }),
  };
}

function levelOf({ status }: Departure): LineLevel {
  if (status >= 500) return "error";
  return status >= 400 ? "warn" : "info";
}

function lineOf(departure: Departure): object {
  const { requestId, trace, exchange, operation, route, status, refusal, principal, octets, duration } = departure;
  return {
    requestId,
    ...(trace.id === undefined ? {} : { traceId: trace.id, spanId: trace.spanId }),
    operation,
    method: exchange.method,
    route,
    status,
    code: refusal?.code,
    principal: principal?.id,
    scheme: principal?.scheme,
    address: exchange.address,
    octets,
    durationMs: Math.round(duration * 1_000) / 1_000,
  };
}
