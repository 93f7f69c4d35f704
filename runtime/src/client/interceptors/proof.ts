import { withHeaders } from "#ending";
import type { ClientCall, Incoming, Interceptor, PossessionKey } from "../contract.js";
import { dpopProof } from "../possession.js";

/** What is proved: that the caller holds the key that its token is bound to. */
export interface Possession {
  readonly keys: PossessionKey;
  readonly token: string;
  readonly now: () => number;
}

/**
 * Proves possession of the key that a token is bound to (RFC 9449): a fresh proof for each attempt, with the nonce that the server gave
 * last, and one attempt more where it asks for a newer one (9). It stands inside of the credentials: that 401 is not the token's.
 */
export function possessing(): (possession: Possession) => Interceptor {
  /** The nonce of each origin that was called (8.2): one of another would be refused. */
  const nonces = new Map<string, string>();
  return (possession) => (next) => async (call) => {
    const { origin } = new URL(call.outgoing.url);
    const send = async (): Promise<Incoming> => {
      const incoming = await next(await signed(call, possession, nonces.get(origin)));
      const fresh = incoming.headers["dpop-nonce"];
      // 8.1: the characters that a nonce has. Two of them that were joined are none.
      if (fresh !== undefined && /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/.test(fresh)) nonces.set(origin, fresh);
      return incoming;
    };
    const sent = nonces.get(origin);
    const incoming = await send();
    return asksForNonce(incoming) && nonces.get(origin) !== sent ? send() : incoming;
  };
}

async function signed(
  call: ClientCall,
  { keys, token, now }: Possession,
  nonce: string | undefined,
): Promise<ClientCall> {
  const { outgoing } = call;
  const { method, url } = outgoing;
  const dpop = await dpopProof(keys, { method, url, token, nonce, now: now() });
  return { ...call, outgoing: withHeaders(outgoing, { ...outgoing.headers, dpop }) };
}

function asksForNonce({ status, headers }: Incoming): boolean {
  return status === 401 && /\berror="?use_dpop_nonce\b/.test(headers["www-authenticate"] ?? "");
}
