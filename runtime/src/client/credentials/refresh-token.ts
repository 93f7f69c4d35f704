import type { TokenCredential } from "../contract.js";
import { type SessionOptions, session } from "./session.js";
import { memoryStore } from "./tokens.js";

/** How a session is continued whose refresh token is kept elsewhere. */
export interface RefreshOptions extends Omit<SessionOptions, "store"> {
  readonly refreshToken: string;
  /** Told each new refresh token before the access token beside it is used. What is not kept is lost. */
  readonly onRotate?: (refreshToken: string) => void | Promise<void>;
}

/** A session from its refresh token, without a store: see `session()`. */
export function refreshToken({ refreshToken: first, onRotate, ...options }: RefreshOptions): TokenCredential {
  const store = memoryStore({ refreshToken: first });
  let last = first;
  return session({
    ...options,
    store: {
      ...store,
      save: async (tokens) => {
        const next = tokens.refreshToken ?? last;
        if (next !== last) await onRotate?.(next);
        last = next;
        await store.save(tokens);
      },
    },
  });
}
