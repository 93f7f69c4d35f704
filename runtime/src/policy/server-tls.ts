import type { Setting } from "./setting.js";

/** How the TLS of a server is judged by its clients, on top of the usual verification. */
export interface ServerTls {
  /** SPKI pins (`sha256/…=`): at least two, of which one is a backup. */
  readonly pins?: readonly string[];
  /** Until when they hold: RFC 3339. */
  readonly pinsExpire?: string;
  /**
   * What becomes of calls after that. `fail`, the default: nothing is sent. `warn`: a key that is not pinned is reported, and let through
   * on the authority's word.
   */
  readonly onExpire?: "warn" | "fail";
  /** The oldest version that is spoken; TLS 1.2 where absent. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Certificate authorities in PEM, instead of the system's. */
  readonly ca?: Setting;
}
