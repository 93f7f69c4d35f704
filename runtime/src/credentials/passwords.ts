import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import type { BasicFacts, BasicOptions } from "./basic.js";

/** A user whose password is kept as `hashPassword` made it. */
export interface PasswordRecord extends BasicFacts {
  readonly passwordHash: string;
}

// OWASP's least for scrypt: 128 MiB for each password that is tried.
const cost = { log2N: 17, r: 8, p: 1 };
const octets = 32;

/** A hash to keep in place of a password: `$scrypt$ln=17,r=8,p=1$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const derived = await derive(password, salt, cost);
  const { log2N, r, p } = cost;
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${salt.toString("base64")}$${derived.toString("base64")}`;
}

/**
 * Checks passwords for `basic({ verify })`. An unknown user takes the same work as a known one: a password is always hashed, against a dummy where
 * there is nobody (ASVS 6.3.8).
 * @param find the record of a user; `undefined` where there is none.
 */
export function passwords(
  find: (user: string) => PasswordRecord | undefined | Promise<PasswordRecord | undefined>,
): BasicOptions["verify"] {
  const dummy = { salt: randomBytes(16), derived: randomBytes(octets), cost };
  return async (user, password) => {
    const record = await find(user);
    const kept = record === undefined ? dummy : parse(record.passwordHash);
    const right = timingSafeEqual(await derive(password, kept.salt, kept.cost), kept.derived);
    if (!right || record === undefined) return undefined;
    const { passwordHash: _, ...facts } = record;
    return facts;
  };
}

interface Kept {
  readonly salt: Buffer;
  readonly derived: Buffer;
  readonly cost: typeof cost;
}

const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=)$/;

/** A hash that cannot be read is a fault of the store's, and not of whoever types a password: it throws, and the caller gets 503. */
function parse(text: string): Kept {
  const [, ln, r, p, salt = "", derived = ""] = form.exec(text) ?? [];
  const read = { log2N: Number(ln), r: Number(r), p: Number(p) };
  // A store that somebody else writes to must not make one try cost a minute, nor next to nothing.
  const fair = read.log2N >= 14 && read.log2N <= 18 && read.r >= 8 && read.r <= 16 && read.p >= 1 && read.p <= 4;
  if (!fair) throw new Error("A password hash is not one of hashPassword()");
  return { salt: Buffer.from(salt, "base64"), derived: Buffer.from(derived, "base64"), cost: read };
}

function derive(password: string, salt: Buffer, { log2N, r, p }: typeof cost): Promise<Buffer> {
  const N = 2 ** log2N;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    // RFC 8265, 4.2.2: two ways to type one character are one password.
    scrypt(password.normalize("NFC"), salt, octets, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
