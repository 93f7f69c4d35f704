import type { SigningKey } from "./jwks.js";

/** The keys of an issuer, fetched when they are needed. */
export interface KeySource {
  /**
   * The one key for a token's `kid` and `alg`; `undefined` where there is none, or more than one.
   * @throws when the keys cannot be fetched, and those at hand are too old.
   */
  readonly find: (kid: string | undefined, alg: string) => Promise<SigningKey | undefined>;
  /**
   * Whether a key that was found earlier is still the issuer's, as far as is known now. False asks for another `find`; it is never
   * true of a key that the last fetch no longer had.
   */
  readonly trusts: (key: SigningKey) => boolean;
}

/** How long keys are good for, in milliseconds. */
export interface KeyTimes {
  /** Before this nothing is asked. From then on they are used at once, and fetched again meanwhile. */
  readonly fresh: number;
  /** After this nobody is let in before they are fetched again. */
  readonly ripe: number;
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
        held = { keys: kept(keys, held?.keys ?? []), at: now() };
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

  const justFailed = (): boolean => failed !== undefined && within(failed.at, times.backoff, now());
  const refresh = (): Promise<Held> => (justFailed() ? Promise.reject(failed?.cause) : fetchOnce());

  /** What may be used without waiting: keys that are not ripe, and in an outage those that are not stale. */
  const atHand = (): Held | undefined => {
    if (held === undefined) return undefined;
    if (within(held.at, times.fresh, now())) return held;
    if (within(held.at, times.ripe, now())) {
      // Told of by `failed`: the next call sees it.
      refresh().catch(() => {});
      return held;
    }
    return justFailed() && within(held.at, times.stale, now()) ? held : undefined;
  };

  const current = async (): Promise<Held> => {
    const usable = atHand();
    if (usable !== undefined) return usable;
    try {
      return await refresh();
    } catch (cause) {
      if (held !== undefined && within(held.at, times.stale, now())) return held;
      throw cause;
    }
  };

  return {
    trusts: (key) => atHand()?.keys.includes(key) === true,
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

/** A key that was there before stays the same object: what was verified with it stays verified, and it is imported once. */
function kept(fetched: readonly SigningKey[], before: readonly SigningKey[]): readonly SigningKey[] {
  const known = new Map(before.map((key) => [key.print, key]));
  return fetched.map((key) => known.get(key.print) ?? key);
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
