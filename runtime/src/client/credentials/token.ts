import type { PossessionKey, Proof, ProofRequest, TokenCredential } from "../contract.js";
import { Failure } from "../failure.js";
import { waitFor } from "../sleep.js";

/** A token as it was issued. */
export interface IssuedToken {
  readonly accessToken: string;
  /** Milliseconds since 1970; `undefined` when the server does not say. */
  readonly expiresAt: number | undefined;
  /** The key that it is bound to, where it is. */
  readonly keys?: PossessionKey | undefined;
}

/** Gets a token. It runs once at a time for each set of scopes, however many calls wait for it. */
export type Issue = (request: ProofRequest, scope: string) => Promise<IssuedToken>;

interface Slot {
  token: IssuedToken | undefined;
  pending: Promise<IssuedToken> | undefined;
}

/** How long before its end a token is renewed: a tenth of its life, half a minute at most. */
const earliness = { share: 0.1, most: 30_000 };

/** How long a token endpoint may take, whoever waits. */
const patience = 30_000;

/**
 * A bearer credential (RFC 6750, 2.1) whose token is fetched when needed, renewed ahead of its end, and once after a 401. All calls that
 * need one at the same time share one request: with rotating refresh tokens a second one would end the session (RFC 9700, 4.14.2).
 * @param scopeOf which scopes to ask for; one token is kept for each answer.
 */
export function tokenCredential(issue: Issue, scopeOf: (request: ProofRequest) => string): TokenCredential {
  const slots = new Map<string, Slot>();
  /** Set when the session is over: nothing is asked any more. */
  let ended: Failure | undefined;

  const slotOf = (scope: string): Slot => {
    const slot = slots.get(scope) ?? { token: undefined, pending: undefined };
    slots.set(scope, slot);
    return slot;
  };
  const fetchToken = (slot: Slot, request: ProofRequest, scope: string): Promise<IssuedToken> => {
    slot.pending ??= issue({ ...request, signal: AbortSignal.timeout(patience) }, scope)
      .then((token) => {
        slot.token = withRenewal(token, request.now());
        return slot.token;
      })
      .catch((thrown: unknown) => {
        if (thrown instanceof SessionEnded) ended = thrown.failure;
        throw thrown instanceof SessionEnded ? thrown.failure : thrown;
      })
      .finally(() => {
        slot.pending = undefined;
      });
    return slot.pending;
  };

  return {
    kind: "token",
    prove: async (request) => {
      request.signal.throwIfAborted();
      if (ended !== undefined) throw copyOf(ended);
      const scope = scopeOf(request);
      const slot = slotOf(scope);
      const fresh = slot.token !== undefined && request.now() < (slot.token.expiresAt ?? Number.POSITIVE_INFINITY);
      const token =
        fresh && slot.token !== undefined ? slot.token : await shared(fetchToken(slot, request, scope), request.signal);
      return presented(token);
    },
    renew: async (stale, request) => {
      if (ended !== undefined) return false;
      const slot = slotOf(scopeOf(request));
      // Another call may have renewed it already: then its token is what to try.
      const same =
        slot.token === undefined || stale.headers?.authorization === presented(slot.token).headers?.authorization;
      if (same) slot.token = undefined;
      return true;
    },
  };
}

/** As a bearer token (RFC 6750, 2.1), or with a proof of the key that it is bound to (RFC 9449, 7.1). */
function presented({ accessToken, keys }: IssuedToken): Proof {
  if (keys === undefined) return { headers: { authorization: `Bearer ${accessToken}` } };
  return { headers: { authorization: `DPoP ${accessToken}` }, possession: { keys, token: accessToken } };
}

/** The refresh token is no longer good (RFC 6749, 5.2: invalid_grant): asking again would ask in vain. */
export class SessionEnded extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** Every call that waited fails by an error of its own: what is written on one must not show on another. */
async function shared(work: Promise<IssuedToken>, signal: AbortSignal): Promise<IssuedToken> {
  try {
    return await waitFor(work, signal);
  } catch (thrown) {
    throw thrown instanceof Failure && !signal.aborted ? copyOf(thrown) : thrown;
  }
}

function copyOf(failure: Failure): Failure {
  return new Failure(failure.code, failure.message, { cause: failure.cause });
}

function withRenewal(token: IssuedToken, now: number): IssuedToken {
  if (token.expiresAt === undefined) return token;
  const life = Math.max(0, token.expiresAt - now);
  return { ...token, expiresAt: token.expiresAt - Math.min(earliness.most, life * earliness.share) };
}
