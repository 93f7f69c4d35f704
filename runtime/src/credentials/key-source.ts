import type { SigningKey } from "./jwks.js";

/** The keys of an issuer, fetched when they are needed. */
export interface KeySource {
  /**
   * The one key for a token's `kid` and `alg`; `undefined` where there is none, or more than one.
   * @throws when the keys cannot be fetched, and those at hand are too old.
   */
  readonly find: (kid: string | undefined, alg: string) => Promise<SigningKey | undefined>;
}

/** How long keys are good for, in milliseconds. */
export interface KeyTimes {
  /** After this they are fetched again. */
  readonly fresh: number;
  /** While that fails they are used up to this age. */
  readonly stale: number;
  /** An unknown `kid` fetches them at most this often (R18). */
  readonly cooldown: number;
  /** After a failure nothing is fetched for this long. */
  readonly backoff: number;
}

interface Held {
  readonly keys: readonly SigningKey[];
  readonly at: number;
}

/**
 * Keeps an issuer's keys. One fetch is under way at most, whoever waits for it; a flood of unknown `kid` fetches once a
 * cool-down (R18); an outage leaves the keys at hand in use up to a bound.
 */
export function keepKeys(
  fetchKeys: () => Promise<readonly SigningKey[]>,
  times: KeyTimes,
  now: () => number,
): KeySource {
  let held: Held | undefined;
  let failed: { readonly at: number; readonly cause: unknown } | undefined;
  let pending: Promise<Held> | undefined;

  const fetchOnce = (): Promise<Held> => {
    pending ??= fetchKeys()
      .then((keys) => {
        failed = undefined;
        held = { keys, at: now() };
        return held;
      })
      .catch((cause: unknown) => {
        failed = { at: now(), cause };
        throw cause;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };

  const refresh = (): Promise<Held> =>
    failed !== undefined && within(failed.at, times.backoff, now()) ? Promise.reject(failed.cause) : fetchOnce();

  const current = async (): Promise<Held> => {
    if (held !== undefined && within(held.at, times.fresh, now())) return held;
    try {
      return await refresh();
    } catch (cause) {
      if (held !== undefined && within(held.at, times.stale, now())) return held;
      throw cause;
    }
  };

  return {
    find: async (kid, alg) => {
      const known = await current();
      const found = choose(known.keys, kid, alg);
      if (found !== undefined || known.keys.some((key) => key.kid === kid)) return found;
      // The cool-down runs from the last fetch, whatever asked for it and however it ended.
      if (within(known.at, times.cooldown, now())) return choose(held?.keys ?? [], kid, alg);
      if (failed !== undefined && within(failed.at, times.cooldown, now())) throw failed.cause;
      return choose((await fetchOnce()).keys, kid, alg);
    },
  };
}

/** False when the clock was set back behind `since`: what is then known of ages is wrong. */
function within(since: number, span: number, now: number): boolean {
  return now >= since && now - since < span;
}

/** Two keys that both fit are none: trying one after the other would let a token choose. */
function choose(keys: readonly SigningKey[], kid: string | undefined, alg: string): SigningKey | undefined {
  const fitting = keys.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid));
  return fitting.length === 1 ? fitting[0] : undefined;
}
