/** Facts of the TLS layer, where there is one. */
export interface TlsFacts {
  readonly protocol: string;
  /** The certificate that the caller showed in the handshake, and whose key it proved to hold. */
  readonly certificate?: ClientCertificate | undefined;
}

/** A client certificate (RFC 5280), as the TLS layer received it. */
export interface ClientCertificate {
  /** Base64url of the SHA-256 of its DER form: `x5t#S256` (RFC 8705, 3.1). */
  readonly thumbprint: string;
  /** Whether it was issued by an authority that the server trusts, and is in date. */
  readonly trusted: boolean;
  /** The attributes of the subject by their short names (`CN`, `O`, …); several of one name are a list. */
  readonly subject: Readonly<Record<string, string | readonly string[]>>;
  readonly issuer: Readonly<Record<string, string | readonly string[]>>;
  readonly serialNumber: string;
  /** The subject's alternative names, in order. */
  readonly names: readonly { readonly type: "dns" | "uri" | "email" | "ip"; readonly value: string }[];
}

/** The header section as it was received. Names are lower case. */
export interface ReceivedHeaders {
  /** Every line of this name, in order; empty where there is none. */
  all(name: string): readonly string[];
  /** Whether there are more lines than this, or more octets of names and values; absent where the platform has bounded them. */
  readonly exceeds?: (lines: number, octets: number) => boolean;
}

/** A body that is there as a whole; `undefined` when it is larger than it may be. */
export type Octets = Uint8Array | undefined;

/**
 * One request, as an adapter hands it in. It is a view on what the host framework has: no web Request is made for it.
 */
export interface Exchange {
  readonly method: string;
  /** The request target as received (RFC 9112, 3.2): path and query, not decoded. */
  readonly target: string;
  readonly headers: ReceivedHeaders;
  /** Why the message cannot be read in one way only, where the adapter sees how it was framed. Such a request reaches no handler. */
  readonly malformed?: string | undefined;
  /** The address of the socket's other end; `undefined` where the platform does not say. */
  readonly address: string | undefined;
  readonly tls: TlsFacts | undefined;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /**
   * The body, read to its end.
   * @param limit octets; reading stops at the first one beyond it.
   * @returns `undefined` when the body is larger than the limit. No promise where nothing is to be waited for.
   * @throws a Refusal where it is not the caller's fault that the body cannot be read; anything else when it does not arrive whole.
   */
  readonly read: (limit: number) => Octets | Promise<Octets>;
  /**
   * The body, in the pieces in which it comes, for whoever must not wait for its end. It is not bounded here. A body is read once:
   * by `read`, or by this.
   */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** What an adapter sends back. `headers` is flat: name, value, name, value. */
export interface Reply {
  readonly status: number;
  /** Of this reply alone: whoever sends it may add to it. */
  readonly headers: string[];
  /** Pieces that come one by one are sent as they come; when the caller goes away, no more is asked for. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
}
