/** TLS settings of the Node transport. A browser pins nothing: there `pins` in code is an error, never ignored. */
export interface ClientTls {
  /**
   * SPKI pins, `sha256/…=`, at least two: for every server of the API, or by origin, which may be an authorization server's. Default:
   * the pins of the spec's server entries.
   */
  readonly pins?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** Until when `pins` hold, RFC 3339, and what becomes of calls after that: see `ServerTls`. The spec's pins have the spec's date. */
  readonly pinsExpire?: string;
  /** See `pinsExpire`; `fail` where absent. */
  readonly onExpire?: "warn" | "fail";
  /** Told of a trusted certificate whose key is not pinned. What it throws changes nothing. */
  readonly onPinMismatch?: (report: PinReport) => void;
  /** The oldest version that is spoken, where it is not the spec's: the stricter holds. TLS 1.2 at least. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Certificate authorities in PEM, instead of the system's and the spec's. */
  readonly ca?: string | readonly string[];
  /** The client's own certificate chain in PEM, and its key: for `mutualTLS` schemes and tokens that are bound to it (RFC 8705). */
  readonly cert?: string;
  /** See `cert`. */
  readonly key?: string;
}

/** What is told of a key that is not pinned. */
export interface PinReport {
  readonly origin: string;
  readonly host: string;
  readonly expected: readonly string[];
  /** Absent where the key cannot be read. */
  readonly seen: string | undefined;
  /** Whether the call went on: the pins had expired, and the spec says `warn`. */
  readonly isLetIn: boolean;
}

/** Through whom servers are reached: a proxy that opens tunnels (CONNECT), or whichever HTTPS_PROXY and NO_PROXY name. */
export type ClientProxy =
  | "environment"
  | {
      /** `http` or `https`. A user name and password in it are sent to the proxy alone. */
      readonly url: string;
      /** The value of Proxy-Authorization. */
      readonly token?: string;
      /** Authorities of the proxy's own certificate, in PEM. */
      readonly ca?: string;
    };
