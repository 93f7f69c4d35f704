import { jwt } from "../../runtime/src/credentials/jwt.js";
import type { JwtOptions } from "../../runtime/src/credentials/jwt-options.js";
import type { BoundVerifier, Verdict, Verifier } from "../../runtime/src/credentials/verifier.js";
import type { JwtRules, SchemePolicy, TokenScheme } from "../../runtime/src/policy/index.js";
import { Refusal } from "../../runtime/src/problem/refusal.js";
import { exchangeWith } from "./exchange.js";

/** A token scheme for an issuer, ES256, changed as asked. */
export function tokenScheme(
  issuer: string,
  rules: Partial<JwtRules> = {},
  scheme: Partial<TokenScheme> = {},
): TokenScheme {
  const jwtRules: JwtRules = {
    issuer,
    audience: ["https://api.test"],
    algorithms: ["ES256"],
    typ: "at+jwt",
    clockSkew: "30s",
    ...rules,
  };
  return { kind: "token", type: "oauth2", jwt: jwtRules, principal: { id: ["iss", "sub"] }, ...scheme };
}

/** A verifier bound to a scheme named `oidc`. */
export function bindTo<K extends SchemePolicy["kind"]>(
  verifier: Verifier<K>,
  scheme: SchemePolicy,
  now: () => number = Date.now,
  settings: Readonly<Record<string, string>> = {},
): BoundVerifier {
  return verifier.bind({ name: "oidc", scheme, settings, now });
}

/** A token verifier at work. */
export function tokenVerifier(
  scheme: TokenScheme,
  options: JwtOptions | readonly JwtOptions[] = {},
  now: () => number = Date.now,
): BoundVerifier {
  return bindTo(jwt(options), scheme, now);
}

/** The verdict on a bearer token. */
export async function judge(verifier: BoundVerifier, token: string): Promise<Verdict> {
  return verifier.verify(exchangeWith({ authorization: `Bearer ${token}` }));
}

/** The status and code of a refusal; the id of an identity. */
export function gist(verdict: Verdict): string {
  if (verdict === undefined) return "nothing";
  return verdict instanceof Refusal ? `${verdict.status} ${verdict.code}` : verdict.id;
}
