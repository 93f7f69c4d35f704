import { type TokenScheme, toMilliseconds } from "../policy/index.js";
import { type StartComplaint, StartError } from "../problem/start-error.js";
import { resolveSetting } from "./scheme-settings.js";
import { urlFault } from "./urls.js";
import type { SchemeContext } from "./verifier.js";

/** What an introspected token must hold. Times in milliseconds. */
export interface IntrospectionJudgement {
  readonly endpoint: string;
  readonly cacheTtl: number;
  readonly issuer: string | undefined;
  readonly audience: readonly string[];
  readonly clockSkew: number;
}

/**
 * The rules of a scheme whose tokens are introspected.
 * @throws StartError with everything that is missing.
 */
export function introspectionRules(
  context: SchemeContext,
  scheme: TokenScheme,
  audience: string | readonly string[] | undefined,
): IntrospectionJudgement {
  const complaints: StartComplaint[] = [];
  const complain = (code: StartComplaint["code"], what: string): undefined => {
    complaints.push({ code, message: `schemes.${context.name}: ${what}` });
    return undefined;
  };
  const { jwt, introspection } = scheme;
  if (introspection === undefined)
    complain("wrong_verifier", "introspection() needs x-sallyport.introspection in the spec.");
  if (jwt.revocation !== undefined)
    complain("wrong_verifier", "jwt.revocation is for jwt(): the spec says that tokens are JWTs.");
  const endpoint = resolveSetting(introspection?.endpoint, context, complain);
  const fault = endpoint === undefined ? undefined : urlFault(endpoint);
  if (fault !== undefined) complain("insecure_transport", `introspection.endpoint ${fault}.`);
  const spec = jwt.audience.flatMap((one) => resolveSetting(one, context, complain) ?? []);
  const code = typeof audience === "string" ? [audience] : (audience ?? []);
  if (spec.length > 0 && code.length > 0)
    complain("invalid_option", "audience stands in the spec and in code. Leave one out.");
  const all = [...spec, ...code];
  if (all.length === 0)
    complain("invalid_policy", "no audience. Set jwt.audience in the spec, or introspection({ audience }).");
  if (complaints.length > 0 || endpoint === undefined) throw new StartError(complaints);
  return {
    endpoint,
    cacheTtl: toMilliseconds(introspection?.cacheTtl ?? "30s"),
    issuer: resolveSetting(jwt.issuer, context, complain),
    audience: all,
    clockSkew: toMilliseconds(jwt.clockSkew),
  };
}

type Claims = Readonly<Record<string, unknown>>;

/** What is wrong with an active token (RFC 7662, 2.2 and 4: what else the answer says is for us to judge). */
export function opaque(claims: Claims, rules: IntrospectionJudgement, now: number): string | undefined {
  const { iss, aud, exp, nbf } = claims;
  if (iss !== undefined && rules.issuer !== undefined && iss !== rules.issuer) return "the issuer is another";
  if (!(Array.isArray(aud) ? aud : [aud]).some((one) => rules.audience.includes(one as string)))
    return "the audience is another";
  if (exp !== undefined && !(Number.isFinite(exp) && now < (exp as number) * 1_000 + rules.clockSkew))
    return "the token expired";
  if (nbf !== undefined && !(Number.isFinite(nbf) && now >= (nbf as number) * 1_000 - rules.clockSkew))
    return "the token is not valid yet";
  return undefined;
}
