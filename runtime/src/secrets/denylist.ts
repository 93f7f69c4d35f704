/** What a denylist is asked about. */
export interface DeniableToken {
  readonly issuer: string;
  /** `jti`: unique at its issuer (RFC 7519, 4.1.7). */
  readonly tokenId: string;
  readonly subject: string;
  /** `iat`, in milliseconds since 1970. */
  readonly issuedAt: number;
}

/**
 * Tokens that are no longer good, whatever their `exp` says. It is asked at every call. What it throws, rejects, or does not answer
 * within 250 ms refuses the call with 503: a token that cannot be looked up is not let in.
 */
export interface Denylist {
  readonly isDenied: (token: DeniableToken) => boolean | Promise<boolean>;
}
