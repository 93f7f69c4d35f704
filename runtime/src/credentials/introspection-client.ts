import { type SuppliedSecret, supplied } from "../secrets/supplied.js";
import { type Fetch, fetchJson } from "./fetch-json.js";

/** Who we are at an introspection endpoint: it answers no strangers (RFC 7662, 2.1, R24). */
export type IntrospectionClient =
  | { readonly clientId: string; readonly clientSecret: SuppliedSecret }
  /** An access token of ours. */
  | { readonly bearer: SuppliedSecret };

/** The claims of an active token; `undefined` for one that is not. */
export type Introspect = (token: string) => Promise<Readonly<Record<string, unknown>> | undefined>;

/**
 * Asks an introspection endpoint (RFC 7662). Calls for one token that overlap ask once.
 * @returns a function that rejects when the endpoint does not answer 200 with an answer in time: nothing is known of the token then.
 */
export function introspectAt(endpoint: string, client: IntrospectionClient, fetch: Fetch): Introspect {
  const pending = new Map<string, ReturnType<Introspect>>();
  const ask = async (token: string) => {
    const headers = { authorization: await authorizationOf(client) };
    const answer = await fetchJson(fetch, endpoint, { headers, form: { token, token_type_hint: "access_token" } });
    if (typeof answer !== "object" || answer === null) throw new Error(`${endpoint} did not answer with an object`);
    const { active } = answer as { readonly active?: unknown };
    // RFC 7662, 2.2: a boolean. "true" would be somebody's mistake, and not one to build on.
    if (typeof active !== "boolean") throw new Error(`${endpoint} did not say whether the token is active`);
    return active ? (answer as Readonly<Record<string, unknown>>) : undefined;
  };
  return (token) => {
    const asked = pending.get(token) ?? ask(token).finally(() => pending.delete(token));
    pending.set(token, asked);
    return asked;
  };
}

async function authorizationOf(client: IntrospectionClient): Promise<string> {
  // Asked before each use, so that a rotated one is used at once.
  if ("bearer" in client) return `Bearer ${await supplied(client.bearer)}`;
  // RFC 6749, 2.3.1: both halves are form-encoded first, so that neither can hold a colon.
  const pair = [client.clientId, await supplied(client.clientSecret)].map(formEncoded).join(":");
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
