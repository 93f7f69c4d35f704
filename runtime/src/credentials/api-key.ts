import type { Exchange } from "../http/exchange.js";
import { type ApiKeyScheme, type Duration, type Setting, toMilliseconds } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import { invalidRequest, unavailable } from "../problem/refusals.js";
import { StartError } from "../problem/start-error.js";
import { keyDigester, type Peppers } from "../secrets/key-digest.js";
import { keyIdOf } from "../secrets/key-form.js";
import type { ApiKeyRecord, KeyFinder } from "../secrets/key-record.js";
import { keyRulesOf } from "../secrets/key-rules.js";
import type { Secret } from "../secrets/secret.js";
import { challengeOf } from "./challenge.js";
import { readCookie } from "./cookie.js";
import { badCredential } from "./fault.js";
import { faultOf, type KeyCheck } from "./key-check.js";
import { lastUsed, type Touch } from "./last-used.js";
import type { Identity } from "./principal.js";
import type { SchemeContext, Verdict, Verifier } from "./verifier.js";
import { within } from "./within.js";
import { wrongScheme } from "./wrong-scheme.js";

/** Options of `apiKeys`. */
export interface ApiKeyOptions {
  readonly store: KeyFinder;
  /** For `hmac-sha256`: the current pepper, then older ones. Default: what the spec names. */
  readonly pepper?: Peppers;
  /** How exact the last use of a key is remembered. Default 1m. */
  readonly lastUsedEvery?: Duration;
  /** How long the store may take to find a key; after that the call is refused with 503. Default 2s. */
  readonly timeout?: Duration;
}

/**
 * Verifies API keys made by `createApiKey`. The id in the key finds the record; the digest is compared in constant time, against
 * a dummy where there is no record (R54). An unknown, wrong, expired or revoked key gets one and the same 401, a store that fails 503.
 */
export function apiKeys(options: ApiKeyOptions): Verifier<"apiKey"> {
  return {
    kind: "apiKey",
    bind: (context) => {
      const { scheme, name } = context;
      if (scheme.kind !== "apiKey") throw wrongScheme(name, "apiKeys", scheme.kind);
      const desk = deskOf(scheme, options, context);
      const fixed = { in: scheme.in, name: scheme.name };
      return {
        verify: (exchange) => verify(exchange, scheme, desk),
        challenge: (error) => challengeOf("ApiKey", name, fixed, error),
      };
    },
  };
}

/** What keys of one scheme are verified with. */
interface Desk extends KeyCheck {
  readonly scheme: string;
  readonly store: KeyFinder;
  readonly timeout: number;
  readonly touch: Touch;
}

function deskOf(scheme: ApiKeyScheme, options: ApiKeyOptions, { name, settings, now, log }: SchemeContext): Desk {
  const { store, pepper, lastUsedEvery = "1m", timeout = "2s" } = options;
  try {
    const rules = keyRulesOf(scheme);
    return {
      scheme: name,
      rules,
      digester: keyDigester(rules.hash, pepper ?? scheme.pepper?.map((one) => pepperIn(one, settings))),
      now,
      store,
      timeout: toMilliseconds(timeout),
      touch: lastUsed(store, toMilliseconds(lastUsedEvery), log),
    };
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new StartError([{ code: "invalid_option", message: `schemes.${name}: ${thrown.message}.` }], {
      cause: thrown,
    });
  }
}

function pepperIn(setting: Setting, settings: SchemeContext["settings"]): string | Secret {
  return typeof setting === "string" ? setting : (settings[setting.env] ?? "");
}

function verify(exchange: Exchange, scheme: ApiKeyScheme, desk: Desk): Verdict | Promise<Verdict> {
  const values =
    scheme.in === "header" ? exchange.headers.all(scheme.name.toLowerCase()) : readCookie(exchange, scheme.name);
  const [key] = values;
  if (key === undefined) return undefined;
  if (values.length > 1)
    return invalidRequest(`${scheme.in === "header" ? "The header" : "The cookie"} of the API key is repeated.`);
  const id = keyIdOf(key, desk.rules);
  if (id === undefined) return judge(key, undefined, desk);
  return lookUp(desk, id, (record) => judge(key, record, desk));
}

/** Asks the store, and stays synchronous where it answers at once. */
function lookUp(
  { store, timeout }: Desk,
  id: string,
  then: (record: ApiKeyRecord | undefined) => Verdict,
): Verdict | Promise<Verdict> {
  const judged = (record: ApiKeyRecord | undefined) =>
    record === undefined || record.id === id
      ? then(record)
      : unavailable(new Error("The key store answered another key"));
  try {
    const found = store.find(id);
    return found instanceof Promise ? within(found, timeout).then(judged).catch(unavailable) : judged(found);
  } catch (cause) {
    return unavailable(cause);
  }
}

function judge(key: string, record: ApiKeyRecord | undefined, desk: Desk): Identity | Refusal {
  const fault = faultOf(key, record, desk);
  if (record === undefined || fault !== undefined) return badCredential(fault ?? "unknown API key");
  desk.touch(record, desk.now());
  return {
    scheme: desk.scheme,
    id: record.owner,
    subject: record.owner,
    issuer: undefined,
    client: record.client,
    tenant: record.tenant,
    scopes: new Set(record.scopes),
    roles: new Set(record.roles),
    claims: { keyId: record.id },
  };
}
