import * as oauth from "oauth4webapi";
import { Failure } from "../failure.js";
import { retryAfterOf } from "../retry-after.js";
import { sleep as pause } from "../sleep.js";
import { type Asking, askingOf, judged } from "./authorization-server.js";
import type { TokenSource } from "./token-source.js";
import { patience, type TokenStore } from "./tokens.js";

/** How a session is ended by its user. */
export interface SignOutOptions extends TokenSource {
  readonly store: TokenStore;
  /** Waiting, for tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** How often a server that is busy is asked (RFC 7009, 2.2.1). */
const attempts = 3;

/**
 * Signs out: forgets the tokens, then has the authorization server revoke them (RFC 7009). The refresh token first: nothing new comes of it then.
 * @returns whether the session was revoked; false where the server cannot.
 * @throws Failure when it could not be asked. The tokens are forgotten all the same.
 */
export async function signOut(options: SignOutOptions): Promise<boolean> {
  const { store } = options;
  const signal = AbortSignal.timeout(patience);
  const forget = async () => {
    const held = await store.load();
    await store.clear();
    return held;
  };
  const held = await (store.exclusively === undefined ? forget() : store.exclusively(forget, signal));
  const asking = await askingOf(options)({ signal });
  if (asking.server.revocation_endpoint === undefined) return false;
  const revoked: boolean[] = [];
  for (const token of [held?.refreshToken, held?.accessToken])
    if (token !== undefined) revoked.push(await revoke(asking, token, { signal, sleep: options.sleep ?? pause }));
  // Of a session without its refresh token, what is left ends by itself.
  return revoked[0] ?? true;
}

async function revoke(
  { server, client, authentication, options }: Asking,
  token: string,
  { signal, sleep }: { readonly signal: AbortSignal; readonly sleep: typeof pause },
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await oauth.revocationRequest(server, client, authentication, token, options);
      const wait = response.status === 503 && attempt < attempts ? waitOf(response) : undefined;
      // A token that it does not know is answered 200 as well (2.2).
      if (wait === undefined) {
        await oauth.processRevocationResponse(response);
        return true;
      }
      await sleep(wait, signal);
    } catch (thrown) {
      // 2.2.1: many servers cannot revoke access tokens that are JWTs.
      if (thrown instanceof oauth.ResponseBodyError && thrown.error === "unsupported_token_type") return false;
      const failure = judged(thrown);
      throw failure instanceof Failure ? failure : thrown;
    }
  }
}

function waitOf({ headers }: Response): number | undefined {
  return retryAfterOf(headers.get("retry-after") ?? undefined, Date.now());
}
