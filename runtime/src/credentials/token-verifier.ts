import type { Exchange } from "../http/exchange.js";
import { Refusal } from "../problem/refusal.js";
import { readAuthorization } from "./authorization.js";
import type { Possession } from "./confirmation.js";
import { badToken } from "./fault.js";
import type { Identity } from "./principal.js";
import { digests } from "./token-cache.js";
import type { BoundVerifier, Verdict } from "./verifier.js";

/** What a token was found to be, whoever presents it. */
export interface ProvenToken {
  readonly identity: Identity;
  /** The `cnf` claim (RFC 7800, 3.1) as it stands; `undefined` where there is none. */
  readonly confirmation: unknown;
}

type Judgement = ProvenToken | Refusal | Promise<ProvenToken | Refusal>;

/** Says what a token is. It never throws and never rejects. */
export type JudgeToken = (token: string) => Judgement;

/**
 * Reads a token, judges it, and then whether its presenter may present it: in this order, so that no proof of a stranger is kept.
 * @param recall whether a token was judged before, and is still good.
 */
export function tokenVerifier(
  judge: JudgeToken,
  possession: Possession,
  authorizationServers: readonly string[],
  recall?: (token: string) => boolean,
): BoundVerifier {
  const { binding, dpopAlgorithms, challenge, headers } = possession;
  return {
    verify: (exchange) => verify(exchange, judge, possession),
    challenge,
    resource: { authorizationServers, binding, dpopAlgorithms },
    // A proof of possession must be judged each time.
    ...(recall === undefined || binding === "dpop" ? {} : { foresee: (exchange) => foresee(exchange, recall) }),
    ...(headers === undefined ? {} : { headers }),
  };
}

// RFC 6750, 2.1; RFC 9449, 7.1 has the same.
const b64token = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * Judges tokens, each but once where that is remembered: one that was judged was well-formed.
 * @param recall what was found before, by the digest of the token.
 */
export function judgeOnce(
  recall: (digest: string) => Judgement | undefined,
  judge: (token: string, digest: string) => Judgement,
): JudgeToken {
  const digestOf = digests();
  return (token) => {
    const digest = digestOf(token);
    const known = recall(digest);
    if (known !== undefined) return known;
    return b64token.test(token) ? judge(token, digest) : badToken("the token is not a b64token");
  };
}

function foresee(exchange: Exchange, recall: (token: string) => boolean): "known" | "absent" | undefined {
  const credential = readAuthorization(exchange, "bearer");
  if (credential === undefined) return "absent";
  return "text" in credential && recall(credential.text) ? "known" : undefined;
}

function verify(exchange: Exchange, judge: JudgeToken, possession: Possession): Verdict | Promise<Verdict> {
  const credential = readAuthorization(exchange, possession.binding === "dpop" ? "dpop" : "bearer");
  if (credential === undefined) return downgraded(exchange, possession);
  if ("refusal" in credential) return credential.refusal;
  const token = credential.text;
  const verdict = judge(token);
  return verdict instanceof Promise
    ? verdict.then((found) => confirmed(found, token, exchange, possession))
    : confirmed(verdict, token, exchange, possession);
}

/** RFC 9449, 7.2: where proofs are asked for, a token without one is no credential, and not none either (R22). */
function downgraded(exchange: Exchange, { binding }: Possession): Refusal | undefined {
  if (binding !== "dpop" || readAuthorization(exchange, "bearer") === undefined) return undefined;
  return badToken("a token was sent as Bearer where DPoP is asked for");
}

function confirmed(
  found: ProvenToken | Refusal,
  token: string,
  exchange: Exchange,
  possession: Possession,
): Verdict | Promise<Verdict> {
  if (found instanceof Refusal) return found;
  const { identity, confirmation } = found;
  const fault = possession.confirm(exchange, token, confirmation);
  return fault instanceof Promise ? fault.then((refusal) => refusal ?? identity) : (fault ?? identity);
}
