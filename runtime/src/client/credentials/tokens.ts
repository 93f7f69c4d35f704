/** What an authorization server issued. It is data: JSON keeps it whole. */
export interface Tokens {
  readonly accessToken?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Milliseconds since 1970. */
  readonly issuedAt?: number;
  /** It is spent by its use: the server answers with the next one. */
  readonly refreshToken?: string;
  /** Scopes that were granted, where they are not those that were asked for. */
  readonly scope?: string;
  readonly idToken?: string;
  /** The thumbprint of the key that the access token is bound to (RFC 9449). */
  readonly boundTo?: string;
}

/**
 * Where the tokens of a session are kept. The refresh token changes with every use: what is not saved is lost, so `save` ends when the
 * tokens will be there after a crash.
 */
export interface TokenStore {
  readonly load: () => Tokens | undefined | Promise<Tokens | undefined>;
  readonly save: (tokens: Tokens) => void | Promise<void>;
  readonly clear: () => void | Promise<void>;
  /**
   * Runs work while nobody else who has the same store does. A store that several processes share needs it: two refreshes with one
   * token end the session (RFC 9700, 4.14.2).
   */
  readonly exclusively?: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;
}

/** How long before its end a token is renewed: a tenth of its life, half a minute at most. */
const earliness = { share: 0.1, most: 30_000 };

/** When a token is to be renewed, in milliseconds since 1970; never where the server does not say when it ends. */
export function renewalOf(expiresAt: number | undefined, issuedAt: number): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY;
  return expiresAt - Math.min(earliness.most, Math.max(0, expiresAt - issuedAt) * earliness.share);
}

/** Tokens in the memory of this process: they end with it. */
export function memoryStore(first?: Tokens): TokenStore {
  let tokens = first;
  return {
    load: () => tokens,
    save: (next) => {
      tokens = next;
    },
    clear: () => {
      tokens = undefined;
    },
  };
}

/** How long an authorization server may take, whoever waits. */
export const patience = 30_000;
