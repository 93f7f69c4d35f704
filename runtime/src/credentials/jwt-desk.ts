import { errors, type JWTPayload, jwtVerify } from "jose";
import type { TokenScheme } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";
import { canonical } from "./algorithms.js";
import { discoverJwksUri } from "./discovery.js";
import { badToken } from "./fault.js";
import { fetchJson, fetchOf } from "./fetch-json.js";
import { freeze } from "./freeze.js";
import { readKeys, type SigningKey } from "./jwks.js";
import { readHeader, type TokenHeader } from "./jws-header.js";
import type { JwtOptions } from "./jwt-options.js";
import { type TokenRules, tokenRules } from "./jwt-rules.js";
import { type KeySource, keepKeys } from "./key-source.js";
import { type Revocation, revocationOf } from "./revocation.js";
import { type TokenCache, tokenCache } from "./token-cache.js";
import { toIdentity } from "./token-identity.js";
import type { ProvenToken } from "./token-verifier.js";
import type { SchemeContext } from "./verifier.js";

type Verdict = ProvenToken | Refusal | Promise<ProvenToken | Refusal>;

/** One issuer at work: its rules, its keys, and the tokens of it that were verified. Nothing of it is shared with another. */
export interface IssuerDesk {
  readonly issuer: string;
  /** A token that was verified before, and still holds. */
  readonly recall: (digest: string) => Verdict | undefined;
  readonly verify: (token: string, digest: string) => Verdict;
}

interface Desk {
  readonly context: SchemeContext;
  readonly scheme: TokenScheme;
  readonly rules: TokenRules;
  readonly keys: KeySource;
  readonly cache: TokenCache<Verified>;
  readonly cachedFor: number;
  readonly revocation: Revocation;
}

/** A verified token, and the key that verified it. */
interface Verified {
  readonly token: ProvenToken;
  readonly key: SigningKey;
}

/**
 * Opens the desk of one issuer.
 * @throws StartError with everything that is missing or contradictory.
 */
export function openDesk(context: SchemeContext, scheme: TokenScheme, options: JwtOptions): IssuerDesk {
  const rules = tokenRules(context, scheme, options);
  const revocation = revocationOf(context, scheme, options);
  const desk: Desk = {
    context,
    scheme,
    rules,
    keys: keysOf(rules, options, context.now),
    cache: tokenCache(options.cachedTokens ?? 10_000),
    cachedFor: Math.min(options.cachedFor ?? 300_000, revocation.cachedFor),
    revocation,
  };
  return {
    issuer: rules.issuer,
    recall: (digest) => {
      const known = desk.cache.get(digest, context.now());
      // A key that was withdrawn takes its tokens with it, however long they were remembered for.
      return known === undefined || !desk.keys.trusts(known.key) ? undefined : revocation.admit(known.token);
    },
    verify: (token, digest) => {
      const header = readHeader(token, rules);
      return typeof header === "string" ? badToken(header) : verifySignature(token, digest, header, desk);
    },
  };
}

function keysOf(rules: TokenRules, options: JwtOptions, now: () => number): KeySource {
  const fetch = fetchOf(options.fetch);
  const cooldown = options.keyCooldown ?? 30_000;
  const times = { fresh: 300_000, ripe: 600_000, stale: 3_600_000, cooldown, backoff: 1_000 };
  const fetchKeys = async (): Promise<readonly SigningKey[]> => {
    const url = rules.jwksUri ?? (await discoverJwksUri(fetch, rules.issuer, rules.metadata));
    return readKeys(await fetchJson(fetch, url), rules.algorithms, rules.keysWithoutAlgorithm);
  };
  return keepKeys(fetchKeys, times, now);
}

async function verifySignature(
  token: string,
  digest: string,
  header: TokenHeader,
  desk: Desk,
): Promise<ProvenToken | Refusal> {
  let key: SigningKey | undefined;
  try {
    key = await desk.keys.find(header.kid, canonical(header.alg));
  } catch (cause) {
    return unavailable(cause);
  }
  if (key === undefined) return badToken("no key of the issuer fits the token");
  try {
    const { payload } = await jwtVerify(token, await key.load(), verifyOptions(header, desk));
    const proven = judgeClaims(payload, header, desk);
    return proven instanceof Refusal ? proven : await settle(token, digest, { token: proven, key }, payload, desk);
  } catch (cause) {
    // Said to the caller, because it is what a refresh helps against.
    return cause instanceof errors.JWTExpired
      ? badToken(reasonOf(cause), "The access token expired.")
      : badToken(reasonOf(cause));
  }
}

// RFC 9068, 2.2: what an access token of this profile always holds.
const profile = ["iss", "aud", "exp", "sub", "client_id", "iat", "jti"];

function verifyOptions({ alg, access }: TokenHeader, { rules, context, revocation }: Desk) {
  const strict = access && rules.typ !== "off";
  return {
    algorithms: [alg],
    issuer: rules.issuer,
    audience: [...rules.audience],
    requiredClaims: strict ? profile : ["iss", "aud", "exp", "sub", ...revocation.claims],
    clockTolerance: rules.clockSkew / 1_000,
    currentDate: new Date(context.now()),
    ...(rules.maxAge === undefined ? {} : { maxTokenAge: rules.maxAge / 1_000 }),
  };
}

/** jose hangs the claims on its errors; the log gets the words alone. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : "the token does not verify";
}

// What OpenID Connect Core puts into ID tokens only (2, 3.1.3.6, 3.3.2.11).
const idTokenClaims = ["nonce", "at_hash", "c_hash", "s_hash"] as const;

const dates = ["exp", "nbf", "iat", "auth_time"] as const;

function judgeClaims(claims: JWTPayload, header: TokenHeader, { context, scheme }: Desk): ProvenToken | Refusal {
  // RFC 7519, 2: a NumericDate is a number. JSON.parse reads 1e999 as Infinity, which never expires.
  if (dates.some((name) => claims[name] !== undefined && !Number.isFinite(claims[name])))
    return badToken("a date is no number");
  // RFC 8725, 3.12: without the right `typ`, an ID token must still not pass for an access token (R20).
  if (!header.access && idTokenClaims.some((name) => Object.hasOwn(claims, name)))
    return badToken("this is an ID token");
  const identity = toIdentity(context.name, scheme.principal, claims);
  if (typeof identity === "string") return badToken(identity);
  // The cache hands one identity to many calls: what one handler does to its claims must not reach another.
  freeze(identity.claims);
  Object.freeze(identity);
  return { identity, confirmation: Object.hasOwn(claims, "cnf") ? claims.cnf : undefined };
}

/** Asks whether it was withdrawn, and remembers it. */
async function settle(
  token: string,
  digest: string,
  verified: Verified,
  claims: JWTPayload,
  desk: Desk,
): Promise<ProvenToken | Refusal> {
  const withdrawn = await desk.revocation.check(token);
  if (withdrawn !== undefined) return withdrawn;
  desk.cache.set(digest, { value: verified, ...lifeOf(claims, desk) });
  return desk.revocation.admit(verified.token);
}

function lifeOf(
  claims: JWTPayload,
  { rules, cachedFor, context }: Desk,
): { readonly from: number; readonly until: number } {
  const ends = [(claims.exp ?? 0) * 1_000, context.now() + cachedFor];
  if (rules.maxAge !== undefined) ends.push((claims.iat ?? 0) * 1_000 + rules.maxAge);
  return { from: (claims.nbf ?? 0) * 1_000 - rules.clockSkew, until: Math.min(...ends) };
}
