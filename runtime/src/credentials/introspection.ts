import type { TokenScheme } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import { unavailable } from "../problem/refusals.js";
import type { DpopOptions } from "./dpop/possession.js";
import { badToken } from "./fault.js";
import { type Fetch, fetchOf } from "./fetch-json.js";
import { freeze } from "./freeze.js";
import { type Introspect, type IntrospectionClient, introspectAt } from "./introspection-client.js";
import { type IntrospectionJudgement, introspectionRules, opaque } from "./introspection-rules.js";
import { possessionOf } from "./possession.js";
import { type TokenCache, tokenCache } from "./token-cache.js";
import { toIdentity } from "./token-identity.js";
import { type JudgeToken, judgeOnce, type ProvenToken, tokenVerifier } from "./token-verifier.js";
import type { Verifier } from "./verifier.js";
import { wrongScheme } from "./wrong-scheme.js";

/** Options of `introspection`. */
export type IntrospectionOptions = IntrospectionClient & {
  /** One of them must be in `aud`, where the spec names none. */
  readonly audience?: string | readonly string[];
  /** Answers that are remembered at once; 10,000 where absent, 0 for none. */
  readonly cachedTokens?: number;
  /** Asks the endpoint; the global `fetch` where absent. */
  readonly fetch?: Fetch;
  readonly dpop?: DpopOptions;
};

interface Desk {
  readonly name: string;
  readonly scheme: TokenScheme;
  readonly rules: IntrospectionJudgement;
  readonly introspect: Introspect;
  readonly good: TokenCache<ProvenToken>;
  readonly bad: TokenCache<Refusal>;
  readonly now: () => number;
}

/**
 * Verifies tokens by asking the authorization server what they are worth (RFC 7662): for opaque tokens, or those that must end at once
 * when they are withdrawn. Answers are relied on until `cacheTtl` or `exp`, whichever comes first. An endpoint that does not answer is 503.
 */
export function introspection(options: IntrospectionOptions): Verifier<"token"> {
  return {
    kind: "token",
    bind: (context) => {
      const { scheme, name, now } = context;
      if (scheme.kind !== "token") throw wrongScheme(name, "introspection", scheme.kind);
      const rules = introspectionRules(context, scheme, options.audience);
      const capacity = options.cachedTokens ?? 10_000;
      const desk: Desk = {
        name,
        scheme,
        rules,
        introspect: introspectAt(rules.endpoint, options, fetchOf(options.fetch)),
        good: tokenCache(capacity),
        // Apart, so that a flood of made-up tokens does not drive out the good ones.
        bad: tokenCache(Math.min(capacity, 1_000)),
        now,
      };
      const servers = rules.issuer === undefined ? [] : [rules.issuer];
      return tokenVerifier(judgeAt(desk), possessionOf(context, scheme, options), servers);
    },
  };
}

function judgeAt(desk: Desk): JudgeToken {
  return judgeOnce(
    (digest) => desk.good.get(digest, desk.now()) ?? desk.bad.get(digest, desk.now()),
    (token, digest) => ask(token, digest, desk),
  );
}

async function ask(token: string, digest: string, desk: Desk): Promise<ProvenToken | Refusal> {
  try {
    const claims = await desk.introspect(token);
    const found = claims === undefined ? badToken("the token is not active") : judge(claims, desk);
    const until = Math.min(desk.now() + desk.rules.cacheTtl, ...endOf(claims));
    if (found instanceof Refusal) desk.bad.set(digest, { value: found, from: 0, until });
    else desk.good.set(digest, { value: found, from: 0, until });
    return found;
  } catch (cause) {
    return unavailable(cause);
  }
}

function endOf(claims: Readonly<Record<string, unknown>> | undefined): readonly number[] {
  return typeof claims?.exp === "number" ? [claims.exp * 1_000] : [];
}

function judge(claims: Readonly<Record<string, unknown>>, { name, scheme, rules, now }: Desk): ProvenToken | Refusal {
  const fault = opaque(claims, rules, now());
  if (fault !== undefined) return badToken(fault);
  const { issuer } = rules;
  // RFC 7662, 2.2 makes both optional: who answered is the issuer, and a client that acts for itself is its own subject (RFC 9068, 2.2).
  const subject = claims.sub === undefined ? claims.client_id : claims.sub;
  const whole = { ...claims, ...(issuer === undefined ? {} : { iss: issuer }), sub: subject };
  const identity = toIdentity(name, scheme.principal, whole);
  if (typeof identity === "string") return badToken(identity);
  freeze(identity.claims);
  Object.freeze(identity);
  return { identity, confirmation: claims.cnf };
}
