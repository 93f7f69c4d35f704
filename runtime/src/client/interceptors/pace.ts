import { at } from "../chain.js";
import type { Incoming, Placed } from "../contract.js";
import { type Lane, type Quota, queueOf, type Ticket, unknownQuota } from "../pacing.js";
import { type LegacyReset, rateLimitsOf } from "../rate-limit.js";
import { retryAfterOf } from "../retry-after.js";

/** Options of `pace`. */
export interface PaceOptions {
  /** What `RateLimit-Reset` of the older drafts and `X-RateLimit-Reset` count at this API. Where absent, such headers are ignored. */
  readonly legacyReset?: LegacyReset;
}

/**
 * Waits before the wall instead of running into it: keeps to the `RateLimit` headers of a server (draft-ietf-httpapi-ratelimit-headers),
 * and to its Retry-After. As long as nothing is known of an operation's limits, and after each reset, one request goes ahead and the others
 * wait for what its answer says. A call whose turn would come after its deadline fails at once with `rate_limited`.
 *
 * Clients that share a quota (of an address, say) share one `pace()`.
 */
export function pace({ legacyReset }: PaceOptions = {}): Placed {
  const lanes = new Map<string, Lane>();
  const quotas = new Map<string, Quota>();
  const queue = queueOf();
  return at("attempt", (next) => async (call) => {
    const { origin } = new URL(call.outgoing.url);
    const own = `${origin} ${call.operation.id}`;
    const lane = kept(lanes, own, () => ({ quotas: new Set([unknownQuota()]) }));
    const tickets = await queue.enter(call, lane);
    try {
      const incoming = await next(call);
      const told = limitsOf(incoming, legacyReset);
      lane.quotas.clear();
      for (const { name, remaining, reset } of told) {
        const quota = kept(quotas, name === undefined ? own : `${origin} ${name}`, unknownQuota);
        learn(quota, tickets.get(quota), remaining, Date.now() + reset);
        lane.quotas.add(quota);
      }
      return incoming;
    } finally {
      for (const quota of tickets.keys()) leave(quota);
      queue.move();
    }
  });
}

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const one = map.get(key) ?? make();
  map.set(key, one);
  return one;
}

/** What an answer says of limits. A Retry-After without them is a limit of the operation's own. */
function limitsOf(
  { status, headers }: Incoming,
  legacyReset: LegacyReset | undefined,
): readonly { readonly name?: string; readonly remaining: number; readonly reset: number }[] {
  const now = Date.now();
  const limits = rateLimitsOf(headers, now, legacyReset);
  const told = status === 429 || status === 503 ? retryAfterOf(headers["retry-after"], now) : undefined;
  if (told === undefined) return limits;
  if (limits.every(({ remaining }) => remaining > 0)) return [...limits, { remaining: 0, reset: told }];
  // RFC 9110, 10.2.3, wins over the reset of a limit that is used up.
  return limits.map((one) => (one.remaining > 0 ? one : { ...one, reset: Math.max(one.reset, told) }));
}

/** Answers overtake each other: a count is taken as it stands only from a request that was under way alone; of others it is a ceiling. */
function learn(quota: Quota, ticket: Ticket | undefined, remaining: number, until: number): void {
  const isExact = quota.sent === 0 || (ticket?.isAlone === true && ticket.sent === quota.sent);
  // Without a ticket it was counted by the server and not yet here.
  quota.room = isExact ? remaining : Math.min(quota.room - (ticket === undefined ? 1 : 0), remaining);
  quota.until = isExact || quota.until === Number.POSITIVE_INFINITY ? until : Math.max(quota.until, until);
}

function leave(quota: Quota): void {
  quota.underWay -= 1;
  // Whoever went ahead has come back without an answer: the next one finds out.
  if (quota.until === Number.POSITIVE_INFINITY && quota.underWay === 0) quota.room = 1;
}
