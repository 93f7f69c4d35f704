import type { Exchange } from "../http/exchange.js";
import type { ApiKeyScheme } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import { invalidRequest, unavailable } from "../problem/refusals.js";
import { type ApiKeyRecord, isKeyOf, type KeyFinder, keyIdOf } from "../secrets/api-key.js";
import { challengeOf } from "./challenge.js";
import { readCookie } from "./cookie.js";
import { badCredential } from "./fault.js";
import type { Identity } from "./principal.js";
import type { SchemeContext, Verdict, Verifier } from "./verifier.js";
import { wrongScheme } from "./wrong-scheme.js";

/** Options of `apiKeys`. */
export interface ApiKeyOptions {
  readonly store: KeyFinder;
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
      const fixed = { in: scheme.in, name: scheme.name };
      return {
        verify: (exchange) => verify(exchange, scheme, context, options.store),
        challenge: (error) => challengeOf("ApiKey", name, fixed, error),
      };
    },
  };
}

function verify(
  exchange: Exchange,
  scheme: ApiKeyScheme,
  context: SchemeContext,
  store: KeyFinder,
): Verdict | Promise<Verdict> {
  const values =
    scheme.in === "header" ? exchange.headers.all(scheme.name.toLowerCase()) : readCookie(exchange, scheme.name);
  const [key] = values;
  if (key === undefined) return undefined;
  if (values.length > 1)
    return invalidRequest(`${scheme.in === "header" ? "The header" : "The cookie"} of the API key is repeated.`);
  const id = keyIdOf(key, scheme.prefix);
  if (id === undefined) return judge(key, undefined, context);
  return lookUp(store, id, (record) => judge(key, record, context));
}

/** Asks the store, and stays synchronous where it answers at once. */
function lookUp(
  store: KeyFinder,
  id: string,
  then: (record: ApiKeyRecord | undefined) => Verdict,
): Verdict | Promise<Verdict> {
  const judged = (record: ApiKeyRecord | undefined) =>
    record === undefined || record.id === id
      ? then(record)
      : unavailable(new Error("The key store answered another key"));
  try {
    const found = store.find(id);
    return found instanceof Promise ? found.then(judged).catch(unavailable) : judged(found);
  } catch (cause) {
    return unavailable(cause);
  }
}

function judge(key: string, record: ApiKeyRecord | undefined, { name, now }: SchemeContext): Identity | Refusal {
  // The comparison first: how long an answer takes says nothing of what the record holds.
  const right = isKeyOf(key, record);
  if (!right || record === undefined) return badCredential("unknown API key");
  if (record.revoked === true) return badCredential("revoked API key");
  if (record.expiresAt !== undefined && !(now() < record.expiresAt)) return badCredential("expired API key");
  if (record.owner === "") return badCredential("API key without an owner");
  return {
    scheme: name,
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
