import { type TokenScheme, toMilliseconds } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";
import { StartError } from "../problem/start-error.js";
import type { DeniableToken, Denylist } from "../secrets/denylist.js";
import { badToken } from "./fault.js";
import { fetchOf } from "./fetch-json.js";
import { type Introspect, introspectAt } from "./introspection-client.js";
import type { JwtOptions } from "./jwt-options.js";
import { resolveSetting } from "./scheme-settings.js";
import type { ProvenToken } from "./token-verifier.js";
import { urlFault } from "./urls.js";
import type { SchemeContext } from "./verifier.js";
import { within } from "./within.js";

/** How it is found out that a token was withdrawn before it expired. */
export interface Revocation {
  /** Asked once, before a token is remembered. */
  readonly check: (token: string) => Promise<Refusal | undefined>;
  /** Asked at every call, before a token is let in. */
  readonly admit: (token: ProvenToken) => ProvenToken | Refusal | Promise<ProvenToken | Refusal>;
  /** The longest that a token may be remembered, in milliseconds. */
  readonly cachedFor: number;
  /** Claims without which a token could not be withdrawn. */
  readonly claims: readonly string[];
}

/**
 * What the spec says of revocation.
 * @throws StartError where code lacks what it needs: a token that nobody can withdraw would be taken for one that somebody can.
 */
export function revocationOf(context: SchemeContext, scheme: TokenScheme, options: JwtOptions): Revocation {
  const { revocation } = scheme.jwt;
  const fault = faultOf(scheme, options);
  if (fault !== undefined)
    throw new StartError([{ code: "invalid_option", message: `schemes.${context.name}: ${fault}` }]);
  if (revocation === "denylist" && options.denylist !== undefined) return byDenylist(options.denylist);
  if (revocation === "introspect") return byIntrospection(context, scheme, options);
  return { check: async () => undefined, admit: (token) => token, cachedFor: Number.POSITIVE_INFINITY, claims: [] };
}

function faultOf({ jwt: { revocation }, introspection }: TokenScheme, options: JwtOptions): string | undefined {
  if (revocation === "denylist" && options.denylist === undefined)
    return "the spec says denylist: pass jwt({ denylist }).";
  if (revocation !== "denylist" && options.denylist !== undefined)
    return "a denylist is passed, and the spec does not say jwt.revocation: denylist.";
  if (revocation === "introspect" && (introspection === undefined || options.introspection === undefined))
    return "the spec says introspect: it needs x-sallyport.introspection, and jwt({ introspection: { clientId, clientSecret } }).";
  if (revocation !== "introspect" && introspection !== undefined)
    return "the spec says that tokens are introspected: use introspection(), or say jwt.revocation: introspect.";
  if (revocation !== "introspect" && options.introspection !== undefined)
    return "introspection is passed, and the spec does not say jwt.revocation: introspect.";
  return undefined;
}

const patience = 250;

function byDenylist(denylist: Denylist): Revocation {
  const judge = (token: ProvenToken, denied: unknown) => {
    if (denied === false) return token;
    return denied === true
      ? badToken("the token was withdrawn", "The access token was withdrawn.")
      : unavailable(new TypeError("The denylist answered neither true nor false"));
  };
  return {
    check: async () => undefined,
    admit: (token) => {
      try {
        const denied = denylist.isDenied(deniable(token));
        if (!(denied instanceof Promise)) return judge(token, denied);
        return within(denied, patience).then((answer) => judge(token, answer), unavailable);
      } catch (cause) {
        return unavailable(cause);
      }
    },
    cachedFor: Number.POSITIVE_INFINITY,
    claims: ["jti", "iat"],
  };
}

function deniable({ identity: { issuer = "", subject, claims } }: ProvenToken): DeniableToken {
  return { issuer, subject, tokenId: String(claims.jti), issuedAt: Number(claims.iat) * 1_000 };
}

function byIntrospection(context: SchemeContext, { introspection }: TokenScheme, options: JwtOptions): Revocation {
  const complain = (code: "missing_setting" | "insecure_transport", what: string): never => {
    throw new StartError([{ code, message: `schemes.${context.name}: ${what}` }]);
  };
  const endpoint = resolveSetting(introspection?.endpoint, context, complain) ?? "";
  const fault = urlFault(endpoint);
  if (fault !== undefined) complain("insecure_transport", `introspection.endpoint ${fault}.`);
  if (options.introspection === undefined) throw new TypeError("jwt({ introspection }) was checked before");
  return {
    check: asking(introspectAt(endpoint, options.introspection, fetchOf(options.fetch))),
    admit: (token) => token,
    cachedFor: toMilliseconds(introspection?.cacheTtl ?? "30s"),
    claims: [],
  };
}

function asking(introspect: Introspect): Revocation["check"] {
  return async (token) => {
    try {
      const claims = await introspect(token);
      return claims === undefined ? badToken("the token is not active", "The access token was withdrawn.") : undefined;
    } catch (cause) {
      return unavailable(cause);
    }
  };
}
