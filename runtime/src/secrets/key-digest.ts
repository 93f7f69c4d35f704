import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { ApiKeyRecord, KeyHash } from "./key-record.js";
import type { Secret } from "./secret.js";
import { textOf } from "./supplied.js";

/** What a record keeps of a key. */
export type KeyStamp = Pick<ApiKeyRecord, "digest" | "hash" | "pepper">;

/** Hashes keys, and compares them with what is remembered. */
export interface KeyDigester {
  readonly stamp: (key: string) => KeyStamp;
  /**
   * Whether a key is the one that was remembered. The same hash and the same comparison are done for a right key, a wrong one, and
   * one of which there is no record (R54).
   */
  readonly matches: (key: string, record: KeyStamp | undefined) => boolean;
}

/**
 * The peppers of an application: the one that new keys get, then those under which older ones were made. A `Secret` is asked at each
 * use: when it changes, new keys get what it holds then, and what it held before still verifies in this process.
 */
export type Peppers = string | Secret | readonly (string | Secret)[];

const shortest = 32;
const size = 32;
/** What is compared where there is nothing to compare with; it is never taken for equal. */
const nothing = new Uint8Array(size);

/**
 * Makes the digester of a scheme.
 * @throws RangeError when `hmac-sha256` has no pepper, or one of fewer than 32 characters: whoever steals the records could guess it.
 */
export function keyDigester(hash: KeyHash, peppers: Peppers | undefined): KeyDigester {
  const under = hash === "sha256" ? () => [] : readPeppers(peppers);
  const digest = (key: string, pepper: Pepper | undefined) =>
    (pepper === undefined ? createHash("sha256") : createHmac("sha256", pepper.key)).update(key, "utf8").digest();
  return {
    stamp: (key) => {
      const [current] = under();
      const pepper = current === undefined ? {} : { pepper: current.id };
      return { digest: digest(key, current).toString("base64url"), hash, ...pepper };
    },
    matches: (key, record) => {
      const known = under();
      const pepper = known.find(({ id }) => id === record?.pepper);
      const stored = record === undefined ? nothing : Buffer.from(record.digest, "base64url");
      // A record of the other hash was not made under the rules of this scheme: whoever can write records could have made it.
      const comparable = stored.length === size && record?.hash === hash && pepper?.id === record.pepper;
      const equal = timingSafeEqual(digest(key, pepper ?? known[0]), comparable ? stored : nothing);
      return equal && comparable;
    },
  };
}

interface Pepper {
  readonly id: string;
  readonly key: KeyObject;
}

/** How many peppers that were replaced while the process runs still verify. */
const remembered = 4;

/** The peppers that hold now, and then those that a rotation has replaced. */
function readPeppers(peppers: Peppers | undefined): () => readonly Pepper[] {
  const given: readonly (string | Secret)[] = Array.isArray(peppers) ? peppers : peppers === undefined ? [] : [peppers];
  if (given.length === 0) throw new RangeError("hmac-sha256 needs a pepper");
  let texts = given.map(textOf);
  let now = texts.map(pepperOf);
  let known: readonly Pepper[] = now;
  if (given.every((one) => typeof one === "string")) return () => known;
  return () => {
    const fresh = given.map(textOf);
    if (fresh.every((text, at) => text === texts[at])) return known;
    const before = known;
    now = fresh.map(pepperOf);
    texts = fresh;
    const ids = new Set(now.map(({ id }) => id));
    known = [...now, ...before.filter(({ id }) => !ids.has(id)).slice(0, remembered)];
    return known;
  };
}

function pepperOf(text: string): Pepper {
  if (text.length < shortest) throw new RangeError(`A pepper has at least ${shortest} characters`);
  const key = createSecretKey(text, "utf8");
  // The id follows from the pepper, so that the two cannot be mixed up; it tells 32 bits of 128 or more.
  return { id: createHmac("sha256", key).update("sallyport pepper id").digest("hex").slice(0, 8), key };
}
