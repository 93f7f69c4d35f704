import type { TokenScheme } from "../policy/index.js";
import { Refusal } from "../problem/refusal.js";
import { type StartComplaint, StartError } from "../problem/start-error.js";
import type { DpopOptions } from "./dpop/possession.js";
import { badToken } from "./fault.js";
import { type IssuerDesk, openDesk } from "./jwt-desk.js";
import type { JwtOptions } from "./jwt-options.js";
import { possessionOf } from "./possession.js";
import { digestOf } from "./token-cache.js";
import { type JudgeToken, judgeOnce, tokenVerifier } from "./token-verifier.js";
import type { SchemeContext, Verifier } from "./verifier.js";
import { wrongScheme } from "./wrong-scheme.js";

/** What code says of how tokens are presented, whoever issued them. */
export interface PresentationOptions {
  /** Where the spec says `binding: dpop`. */
  readonly dpop?: DpopOptions;
}

/**
 * Verifies tokens that are signed JWTs (RFC 6750, RFC 9068, RFC 8725). Issuer, audience and algorithms come from the spec; options
 * fill what it leaves open. A token that does not verify gets 401, keys that cannot be fetched 503.
 * @param issuers one issuer; or a list of them, each with rules, keys and a cache of its own, where the spec names none.
 */
export function jwt(
  issuers: JwtOptions | readonly JwtOptions[] = {},
  presentation: PresentationOptions = {},
): Verifier<"token"> {
  return {
    kind: "token",
    bind: (context) => {
      const { scheme, name } = context;
      if (scheme.kind !== "token") throw wrongScheme(name, "jwt", scheme.kind);
      const desks = (isList(issuers) ? issuers : [issuers]).map((options) => openDesk(context, scheme, options));
      checkIssuers(desks, scheme, context);
      const servers = desks.map(({ issuer }) => issuer);
      // A list of withdrawn tokens must be looked at each time.
      const recall = scheme.jwt.revocation === "denylist" ? undefined : recallAt(desks);
      return tokenVerifier(judgeAt(desks), possessionOf(context, scheme, presentation), servers, recall);
    },
  };
}

function isList(issuers: JwtOptions | readonly JwtOptions[]): issuers is readonly JwtOptions[] {
  return Array.isArray(issuers);
}

function checkIssuers(desks: readonly IssuerDesk[], { principal }: TokenScheme, { name }: SchemeContext): void {
  const complaints: StartComplaint[] = [];
  const complain = (what: string) => complaints.push({ code: "invalid_option", message: `schemes.${name}: ${what}` });
  if (desks.length === 0) complain("jwt([]) trusts nobody: name an issuer.");
  if (new Set(desks.map(({ issuer }) => issuer)).size < desks.length) complain("jwt() names an issuer twice.");
  // RFC 7519, 4.1.2: two issuers may mean two people by one subject (R29).
  if (desks.length > 1 && !principal.id.includes("iss"))
    complain("with several issuers principal.id must hold iss, or two callers become one.");
  if (complaints.length > 0) throw new StartError(complaints);
}

function judgeAt(desks: readonly IssuerDesk[]): JudgeToken {
  const [only] = desks;
  const byIssuer = new Map(desks.map((desk) => [desk.issuer, desk]));
  const recall = (digest: string) => {
    for (const desk of desks) {
      const known = desk.recall(digest);
      if (known !== undefined) return known;
    }
    return undefined;
  };
  return judgeOnce(recall, (token, digest) => {
    const desk = desks.length === 1 ? only : byIssuer.get(claimedIssuer(token) ?? "");
    return desk === undefined ? badToken("no issuer of ours has issued the token") : desk.verify(token, digest);
  });
}

function recallAt(desks: readonly IssuerDesk[]): (token: string) => boolean {
  return (token) => {
    const digest = digestOf(token);
    return desks.some((desk) => {
      const known = desk.recall(digest);
      return known !== undefined && !(known instanceof Promise) && !(known instanceof Refusal);
    });
  };
}

/** Which rules a token asks to be judged by. It is believed by nobody: they compare `iss` again, under their own keys' signature. */
function claimedIssuer(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".", 2)[1] ?? "", "base64url").toString("utf8"));
    const { iss } = claims as { readonly iss?: unknown };
    return typeof iss === "string" ? iss : undefined;
  } catch {
    return undefined;
  }
}
