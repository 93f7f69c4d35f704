import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Secret } from "../../secrets/secret.js";

/** Nonces that say when they were made, and by whom: nothing is stored (RFC 9449, 9). */
export interface Nonces {
  readonly current: () => string;
  /** Whether it was made here in this period or the last one. */
  readonly accepts: (nonce: string) => boolean;
}

/**
 * Nonces that change once a period.
 * @param secret shared by all servers of one API, or a nonce of one of them is unknown to the next; random where absent.
 */
export function makeNonces(
  secret: string | Uint8Array | Secret | undefined,
  period: number,
  now: () => number,
): Nonces {
  const own = randomBytes(32);
  const keyOf = () => (secret instanceof Secret ? secret.reveal() : (secret ?? own));
  const nonceOf = (count: number): string =>
    createHmac("sha256", keyOf()).update(`dpop-nonce ${count}`).digest("base64url");
  let made = { count: -1, nonce: "" };
  const of = (count: number): string => {
    if (made.count !== count) made = { count, nonce: nonceOf(count) };
    return made.nonce;
  };
  const count = () => Math.floor(now() / period);
  return {
    current: () => of(count()),
    accepts: (nonce) =>
      [count(), count() - 1].some((one) => isSame(nonce, one === made.count ? of(one) : nonceOf(one))),
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
