import type { Claim, Found, IdempotencyStore } from "./idempotency.js";
import { prepareScript, type RedisClient } from "./redis-client.js";

/** Options of `redisIdempotency`. */
export interface RedisIdempotencyOptions {
  /** What keys begin with: two APIs that share a Redis have one each. Default: `sallyport`. */
  readonly prefix?: string;
  /** Whose clock counts. Default: `server`, one for all processes; `caller` is for tests. */
  readonly clock?: "server" | "caller";
}

/** What all three scripts begin with. ARGV: the caller's clock in milliseconds, or -1 for the server's; then what `fields` lists. */
const head = `
local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local key, print, owner, lease, ttl, again = KEYS[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local found = redis.call('HMGET', key, 'fingerprint', 'owner', 'running', 'result', 'ends')
local there = found[1] and now < tonumber(found[5])
`;

const begin = `${head}
if there then
  if found[1] ~= print then return { 'other' } end
  if found[4] then return { 'done', found[4] } end
  if now < tonumber(found[3]) then return { 'running' } end
  if again ~= '1' then return { 'unknown' } end
end
redis.call('DEL', key)
redis.call('HSET', key, 'fingerprint', print, 'owner', owner, 'running', string.format('%.0f', now + lease), 'ends', string.format('%.0f', now + ttl))
redis.call('PEXPIRE', key, string.format('%.0f', ttl))
return { 'new' }
`;

const renew = `${head}
if there and found[2] == owner and not found[4] then redis.call('HSET', key, 'running', string.format('%.0f', now + lease)) end
return {}
`;

const settle = `${head}
if not there or found[2] ~= owner or found[4] then return {} end
if ARGV[7] == 'forgotten' then redis.call('DEL', key)
elseif ARGV[7] == 'unknown' then redis.call('HSET', key, 'running', string.format('%.0f', now))
else redis.call('HSET', key, 'result', ARGV[8]) end
return {}
`;

/**
 * Keys in Redis, shared by all processes; each call is one script. Results are kept there as they were answered: it is a store of the
 * callers' data. With eviction, a key that is thrown out is a call that can be made twice: `noeviction` is the policy for it.
 */
export function redisIdempotency(client: RedisClient, options: RedisIdempotencyOptions = {}): IdempotencyStore {
  const { prefix = "sallyport", clock = "server" } = options;
  const [beginning, renewing, settling] = [begin, renew, settle].map((script) => prepareScript(client, script));
  const run = (script: ReturnType<typeof prepareScript> | undefined, key: string, values: readonly string[]) => {
    if (script === undefined) throw new TypeError("there are three scripts");
    return script([`${prefix}:idempotency:${key}`], values);
  };
  const fields = ({ fingerprint, owner, lease, ttl, again }: Claim, now: number): readonly string[] => {
    const time = clock === "server" ? "-1" : String(Math.round(now));
    return [time, fingerprint, owner, String(Math.round(lease)), String(Math.round(ttl)), again ? "1" : "0"];
  };
  return {
    begin: async (key, claim, now) => readFound(await run(beginning, key, fields(claim, now))),
    renew: async (key, claim, now) => void (await run(renewing, key, fields(claim, now))),
    settle: async (key, claim, how, now) => {
      const result = how.kind === "done" ? how.result : "";
      await run(settling, key, [...fields(claim, now), how.kind, result]);
    },
  };
}

function readFound(answer: unknown): Found {
  const [kind, result] = Array.isArray(answer) ? answer.map(String) : [];
  if (kind === "done" && result !== undefined) return { kind, result };
  if (kind === "new" || kind === "running" || kind === "unknown" || kind === "other") return { kind };
  throw new TypeError("Redis gave no answer");
}
