import { hash } from "node:crypto";
import type { Exchange } from "../../http/exchange.js";
import { type TokenScheme, toMilliseconds } from "../../policy/index.js";
import type { Refusal } from "../../problem/refusal.js";
import { unavailable } from "../../problem/refusals.js";
import { StartError } from "../../problem/start-error.js";
import type { ReplayStore } from "../../secrets/replay.js";
import type { Secret } from "../../secrets/secret.js";
import { isAlgorithm } from "../algorithms.js";
import { challengeOf } from "../challenge.js";
import { confirmationOf, type Possession } from "../confirmation.js";
import { badToken } from "../fault.js";
import type { SchemeContext } from "../verifier.js";
import { within } from "../within.js";
import { memoryReplay } from "./memory-replay.js";
import { makeNonces, type Nonces } from "./nonce.js";
import { type DpopProof, proofReader, type ReadProof } from "./proof.js";
import { normalUri, requestUri } from "./uri.js";

/** What code says of proofs of possession. */
export interface DpopOptions {
  /** Remembers proofs that were used. Default: in memory, which holds for one process: several need one that they share. */
  readonly replay?: ReplayStore;
  /** The key of the nonces, shared by all servers of the API. Default: random, for one process. */
  readonly nonceSecret?: string | Uint8Array | Secret;
  /** Algorithms that a proof may be signed with; ES256, Ed25519, EdDSA and PS256 where absent. */
  readonly algorithms?: readonly string[];
}

interface Desk {
  readonly name: string;
  readonly origin: string | undefined;
  readonly read: ReadProof;
  readonly nonces: Nonces | undefined;
  readonly replay: ReplayStore;
  readonly maxAge: number;
  readonly skew: number;
  readonly now: () => number;
}

const patience = 250;

/**
 * Proofs of possession (RFC 9449): the twelve checks of 4.3, each proof once (11.1).
 * @throws StartError for rules that cannot be read.
 */
export function dpopPossession(context: SchemeContext, scheme: TokenScheme, options: DpopOptions): Possession {
  const algorithms = options.algorithms ?? ["ES256", "Ed25519", "EdDSA", "PS256"];
  const { maxAge, nonce } = scheme.dpop ?? { maxAge: "60s", nonce: "off" };
  const odd = algorithms.find((one) => !isAlgorithm(one));
  if (odd !== undefined || algorithms.length === 0) throw invalid(context, `dpop.algorithms: "${odd ?? ""}" is none`);
  const window = toMilliseconds(maxAge);
  if (!(window > 0 && window <= 600_000)) throw invalid(context, "dpop.maxAge is longer than ten minutes, or nothing");
  const nonces = nonce === "required" ? makeNonces(options.nonceSecret, window, context.now) : undefined;
  const desk: Desk = {
    name: context.name,
    origin: context.origin,
    read: proofReader(algorithms),
    nonces,
    replay: options.replay ?? memoryReplay(),
    maxAge: window,
    skew: Math.min(toMilliseconds(scheme.jwt.clockSkew), 30_000),
    now: context.now,
  };
  // One request may ask for several things (tRPC's batches): its one proof is judged once.
  const judged = new WeakMap<Exchange, Promise<Refusal | undefined>>();
  return {
    binding: "dpop",
    dpopAlgorithms: algorithms,
    confirm: (exchange, token, confirmation) => {
      const verdict = judged.get(exchange) ?? confirm(exchange, token, confirmation, desk);
      judged.set(exchange, verdict);
      return verdict;
    },
    challenge: (error) => challengeOf("DPoP", context.name, { algs: algorithms.join(" ") }, error),
    ...(nonces === undefined ? {} : { headers: () => ["DPoP-Nonce", nonces.current()] }),
  };
}

function invalid({ name }: SchemeContext, what: string): StartError {
  return new StartError([{ code: "invalid_option", message: `schemes.${name}: ${what}.` }]);
}

async function confirm(
  exchange: Exchange,
  token: string,
  confirmation: unknown,
  desk: Desk,
): Promise<Refusal | undefined> {
  const bound = confirmationOf(confirmation, "jkt");
  if (bound === undefined) return badToken("the token is not bound to a key");
  const [text, ...more] = exchange.headers.all("dpop");
  if (text === undefined) return badProof("there is no proof");
  // 4.3, 1.
  if (more.length > 0) return badProof("there is more than one proof");
  const proof = await desk.read(text);
  if (typeof proof === "string") return badProof(proof);
  const fault = faultOf(proof, exchange, token, desk);
  if (fault !== undefined) return badProof(fault);
  // 4.3, 10. What is told apart here helps nobody who does not hold the key.
  if (desk.nonces !== undefined && (proof.nonce === undefined || !desk.nonces.accepts(proof.nonce))) return useNonce();
  // 4.3, 12: last, because it is what is wrong with the token and not with the proof.
  if (proof.thumbprint !== bound) return badToken("the token is bound to another key");
  return remembered(proof, desk);
}

/** 4.3, 8, 9, 11 and 12. */
function faultOf(
  { htm, htu, issuedAt, ath }: DpopProof,
  exchange: Exchange,
  token: string,
  desk: Desk,
): string | undefined {
  if (htm !== exchange.method) return "htm is another method";
  const uri = requestUri(exchange, desk.origin);
  if (uri === undefined || normalUri(htu) !== uri) return "htu is another URI";
  const now = desk.now();
  if (issuedAt < now - desk.maxAge) return "the proof is too old";
  if (issuedAt > now + desk.skew) return "the proof comes from the future";
  if (ath !== hash("sha256", token, "base64url")) return "ath is not of this token";
  return undefined;
}

/** RFC 9449, 11.1: by what the proof names and where it was sent, for as long as it would pass. */
async function remembered({ thumbprint, jti, htu, issuedAt }: DpopProof, desk: Desk): Promise<Refusal | undefined> {
  const key = hash("sha256", JSON.stringify([desk.name, thumbprint, jti, normalUri(htu)]), "base64url");
  try {
    const answer = desk.replay.remember(key, issuedAt + desk.maxAge + 1, desk.now());
    const isNew = answer instanceof Promise ? await within(answer, patience) : answer;
    return isNew === true ? undefined : badProof("the proof was used before");
  } catch (cause) {
    return unavailable(cause);
  }
}

function badProof(cause: string): Refusal {
  return badToken(cause, undefined, { error: "invalid_dpop_proof" });
}

/** RFC 9449, 9: the nonce itself is in the `DPoP-Nonce` field that goes with every answer. */
function useNonce(): Refusal {
  return badToken("the proof has no nonce of ours", undefined, { error: "use_dpop_nonce" });
}
