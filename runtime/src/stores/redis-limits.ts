import type { LimitCheck, LimitStore, LimitVerdict } from "./limits.js";
import { toCell } from "./meters/meter.js";
import { keySpace, prepareScript, type RedisClient } from "./redis-client.js";
import { limitsScript } from "./redis-limits-script.js";

/** Options of `redisLimits`. */
export interface RedisLimitsOptions {
  /** What keys begin with, as a hash tag: two APIs that share a Redis have one each. Default: `sallyport`. */
  readonly prefix?: string;
  /** Whose clock counts. Default: `server`, one for all processes; `caller` is for tests. */
  readonly clock?: "server" | "caller";
}

/**
 * Counters in Redis, shared by all processes: one round trip for all limits of a call, in one atomic script.
 *
 * Give the client time-outs and no queue of its own (ioredis: `enableOfflineQueue: false`, `commandTimeout`; node-redis:
 * `disableOfflineQueue`), so that it fails at once while Redis is down; whatever it does, a call waits for a quarter of a second at most.
 */
export function redisLimits(client: RedisClient, options: RedisLimitsOptions = {}): LimitStore {
  const { prefix = "sallyport", clock = "server" } = options;
  const keyOf = keySpace(prefix, "limit");
  const run = prepareScript(client, limitsScript);
  return {
    remote: true,
    take: async (checks, now) => {
      const time = clock === "server" ? "-1" : String(Math.round(now * 1_000));
      const answer = await run(
        checks.map(({ key }) => keyOf(key)),
        [time, ...checks.flatMap(fields)],
      );
      return readVerdicts(answer, checks.length);
    },
  };
}

/** A check as the script reads it. */
function fields(check: LimitCheck): readonly string[] {
  const { limit, window, interval, horizon, ceiling, slot } = toCell(check);
  const { algorithm, cost, upTo = cost, always } = check;
  const numbers = [limit, window, interval, horizon, ceiling, cost, upTo];
  return [algorithm, ...numbers.map(String), always === true ? "1" : "0", String(slot)];
}

/** An answer that is not what the script gives is no answer: a limit that cannot be read must not become no limit. */
function readVerdicts(answer: unknown, count: number): readonly LimitVerdict[] {
  if (!Array.isArray(answer) || answer.length !== count * 5) throw new TypeError("Redis gave no verdict");
  const numbers = answer.map(Number);
  if (!numbers.every(Number.isFinite)) throw new TypeError("Redis gave no verdict");
  return Array.from({ length: count }, (_, at) => {
    const [allowed, remaining = 0, wait = 0, reset = 0, taken = 0] = numbers.slice(at * 5, at * 5 + 5);
    return {
      allowed: allowed === 1,
      remaining,
      retryAfter: Math.ceil(wait / 1_000),
      reset: Math.ceil(reset / 1_000),
      taken,
    };
  });
}
