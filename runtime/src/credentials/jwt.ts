import { errors, type JWTPayload, jwtVerify } from "jose";
import type { Exchange } from "../http/exchange.js";
import type { PrincipalMapping } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";
import { readAuthorization } from "./authorization.js";
import { challengeOf } from "./challenge.js";
import { discoverJwksUri } from "./discovery.js";
import { badToken } from "./fault.js";
import { type Fetch, fetchJson } from "./fetch-json.js";
import { readKeys, type SigningKey } from "./jwks.js";
import { readHeader, type TokenHeader } from "./jws-header.js";
import type { JwtOptions } from "./jwt-options.js";
import { type TokenRules, tokenRules } from "./jwt-rules.js";
import { type KeySource, keepKeys } from "./key-source.js";
import type { Identity } from "./principal.js";
import { type TokenCache, tokenCache } from "./token-cache.js";
import { toIdentity } from "./token-identity.js";
import type { Verdict, Verifier } from "./verifier.js";
import { wrongScheme } from "./wrong-scheme.js";

/** A token verifier at work. */
interface Desk {
  readonly name: string;
  readonly mapping: PrincipalMapping;
  readonly rules: TokenRules;
  readonly keys: KeySource;
  readonly cache: TokenCache<Identity>;
  readonly cachedFor: number;
  readonly now: () => number;
}

/**
 * Verifies bearer tokens that are signed JWTs (RFC 6750, RFC 9068, RFC 8725). Issuer, audience and algorithms come from the
 * spec; options fill what it leaves open. A token that does not verify gets 401, keys that cannot be fetched 503.
 */
export function jwt(options: JwtOptions = {}): Verifier<"token"> {
  return {
    kind: "token",
    bind: ({ name, scheme, settings, now }) => {
      if (scheme.kind !== "token") throw wrongScheme(name, "jwt", scheme.kind);
      const rules = tokenRules({ name, scheme, settings, now }, scheme, options);
      const desk: Desk = {
        name,
        mapping: scheme.principal,
        rules,
        keys: keysOf(rules, options, now),
        cache: tokenCache(options.cachedTokens ?? 10_000),
        cachedFor: options.cachedFor ?? 300_000,
        now,
      };
      return {
        verify: (exchange) => verify(exchange, desk),
        challenge: (error) => challengeOf("Bearer", name, {}, error),
      };
    },
  };
}

function keysOf(rules: TokenRules, options: JwtOptions, now: () => number): KeySource {
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const times = { fresh: 600_000, stale: 3_600_000, cooldown: options.keyCooldown ?? 30_000, backoff: 1_000 };
  const fetchKeys = async (): Promise<readonly SigningKey[]> => {
    const url = rules.jwksUri ?? (await discoverJwksUri(fetch, rules.issuer, rules.metadata));
    return readKeys(await fetchJson(fetch, url), rules.algorithms, rules.keysWithoutAlgorithm);
  };
  return keepKeys(fetchKeys, times, now);
}

// RFC 6750, 2.1.
const b64token = /^[A-Za-z0-9._~+/-]+=*$/;

function verify(exchange: Exchange, desk: Desk): Verdict | Promise<Verdict> {
  const credential = readAuthorization(exchange, "bearer");
  if (credential === undefined) return undefined;
  if ("refusal" in credential) return credential.refusal;
  const token = credential.text;
  if (!b64token.test(token)) return badToken("the token is not a b64token");
  const known = desk.cache.get(token, desk.now());
  if (known !== undefined) return known;
  const header = readHeader(token, desk.rules);
  return typeof header === "string" ? badToken(header) : verifySignature(token, header, desk);
}

async function verifySignature(token: string, header: TokenHeader, desk: Desk): Promise<Identity | Refusal> {
  let key: SigningKey | undefined;
  try {
    key = await desk.keys.find(header.kid, header.alg);
  } catch (cause) {
    return unavailable(cause);
  }
  if (key === undefined) return badToken("no key of the issuer fits the token");
  try {
    const { payload } = await jwtVerify(token, await key.load(), verifyOptions(header, desk));
    return judgeClaims(token, payload, header, desk);
  } catch (cause) {
    // Said to the caller, because it is what a refresh helps against.
    return cause instanceof errors.JWTExpired
      ? badToken(reasonOf(cause), "The access token expired.")
      : badToken(reasonOf(cause));
  }
}

function verifyOptions(header: TokenHeader, { rules, now }: Desk) {
  return {
    algorithms: [header.alg],
    issuer: rules.issuer,
    audience: [...rules.audience],
    requiredClaims: ["iss", "aud", "exp", "sub"],
    clockTolerance: rules.clockSkew / 1_000,
    currentDate: new Date(now()),
    ...(rules.maxAge === undefined ? {} : { maxTokenAge: rules.maxAge / 1_000 }),
  };
}

/** jose hangs the claims on its errors; the log gets the words alone. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : "the token does not verify";
}

// What OpenID Connect Core puts into ID tokens only (2, 3.1.3.6, 3.3.2.11).
const idTokenClaims = ["nonce", "at_hash", "c_hash", "s_hash"] as const;

const dates = ["exp", "nbf", "iat"] as const;

function judgeClaims(token: string, claims: JWTPayload, header: TokenHeader, desk: Desk): Identity | Refusal {
  // RFC 7519, 2: a NumericDate is a number. JSON.parse reads 1e999 as Infinity, which never expires.
  if (dates.some((name) => claims[name] !== undefined && !Number.isFinite(claims[name])))
    return badToken("a date is no number");
  // RFC 8725, 3.12: without the right `typ`, an ID token must still not pass for an access token (R20).
  if (!header.access && idTokenClaims.some((name) => Object.hasOwn(claims, name)))
    return badToken("this is an ID token");
  // RFC 9449, 7.2 and RFC 8705, 3: a bound token is good with its proof only, and none is checked here (R22).
  if (Object.hasOwn(claims, "cnf")) return badToken("the token is bound to a key");
  const identity = toIdentity(desk.name, desk.mapping, claims);
  if (typeof identity === "string") return badToken(identity);
  // The cache hands one identity to many calls: what one handler does to its claims must not reach another.
  freeze(identity.claims);
  desk.cache.set(token, { value: identity, ...lifeOf(claims, desk) });
  return identity;
}

function lifeOf(
  claims: JWTPayload,
  { rules, cachedFor, now }: Desk,
): { readonly from: number; readonly until: number } {
  const ends = [(claims.exp ?? 0) * 1_000, now() + cachedFor];
  if (rules.maxAge !== undefined) ends.push((claims.iat ?? 0) * 1_000 + rules.maxAge);
  return { from: (claims.nbf ?? 0) * 1_000 - rules.clockSkew, until: Math.min(...ends) };
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) freeze(inner);
  Object.freeze(value);
}
