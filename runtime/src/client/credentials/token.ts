import type { PossessionKey, Proof, ProofRequest, TokenCredential } from "../contract.js";
import { Failure } from "../failure.js";
import { possessing } from "../interceptors/proof.js";
import { waitFor } from "../sleep.js";
import { patience, renewalOf } from "./tokens.js";

/** A token as it was issued. */
export interface IssuedToken {
  readonly accessToken: string;
  /** Milliseconds since 1970; `undefined` when the server does not say. */
  readonly expiresAt?: number | undefined;
  /** Milliseconds since 1970. Default: now. */
  readonly issuedAt?: number | undefined;
  /** The key that it is bound to, where it is. */
  readonly keys?: PossessionKey | undefined;
}

/**
 * Gets a token. It runs once at a time for each set of scopes, however many calls wait for it.
 * @param stale the access token that the API has just refused.
 */
export type Issue = (request: ProofRequest, scope: string, stale: string | undefined) => Promise<IssuedToken>;

interface Slot {
  token: IssuedToken | undefined;
  renewAt: number;
  stale: string | undefined;
  pending: Promise<IssuedToken> | undefined;
}

/**
 * A bearer credential (RFC 6750, 2.1) whose token is fetched when needed, renewed ahead of its end, and once after a 401. All calls that
 * need one at the same time share one request: with rotating refresh tokens a second one would end the session (RFC 9700, 4.14.2).
 * @param scopeOf which scopes to ask for; one token is kept for each answer.
 */
export function tokenCredential(issue: Issue, scopeOf: (request: ProofRequest) => string): TokenCredential {
  const slots = new Map<string, Slot>();
  const around = possessing();
  const slotOf = (scope: string): Slot => {
    const slot = slots.get(scope) ?? { token: undefined, renewAt: 0, stale: undefined, pending: undefined };
    slots.set(scope, slot);
    return slot;
  };
  const fetchToken = (slot: Slot, request: ProofRequest, scope: string): Promise<IssuedToken> => {
    slot.pending ??= issue({ ...request, signal: AbortSignal.timeout(patience) }, scope, slot.stale)
      .then((token) => {
        slot.token = token;
        slot.renewAt = renewalOf(token.expiresAt, token.issuedAt ?? request.now());
        return token;
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
      const scope = scopeOf(request);
      const slot = slotOf(scope);
      const { token, renewAt } = slot;
      if (token !== undefined && request.now() < renewAt) return presented(token, around, request);
      return presented(await shared(fetchToken(slot, request, scope), request.signal), around, request);
    },
    renew: async (stale, request) => {
      const slot = slotOf(scopeOf(request));
      // Another call may have renewed it already: then its token is what to try.
      const same = slot.token === undefined || stale.headers?.authorization === authorizationOf(slot.token);
      if (same) {
        slot.stale = slot.token?.accessToken ?? slot.stale;
        slot.token = undefined;
      }
      return true;
    },
  };
}

function presented(token: IssuedToken, around: ReturnType<typeof possessing>, { now }: ProofRequest): Proof {
  const headers = { authorization: authorizationOf(token) };
  const { keys, accessToken } = token;
  return keys === undefined ? { headers } : { headers, around: around({ keys, token: accessToken, now }) };
}

/** As a bearer token (RFC 6750, 2.1), or with a proof of the key that it is bound to (RFC 9449, 7.1). */
function authorizationOf({ accessToken, keys }: IssuedToken): string {
  return `${keys === undefined ? "Bearer" : "DPoP"} ${accessToken}`;
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
