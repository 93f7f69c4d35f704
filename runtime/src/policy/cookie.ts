/** How a cookie that carries a credential is set, and how a request with it shows that its own page made it. */
export interface CookieRules {
  /** Whether its name begins with `__Host-`, which ties it to one host over TLS (RFC 6265bis, 4.1.3.2). */
  readonly hostPrefix: boolean;
  readonly sameSite: "lax" | "strict" | "none";
  /**
   * What shows that a request that changes something is no other page's: its `Origin`; a header that no form can send; or a value
   * that stands in a second cookie and in a header.
   */
  readonly csrf: "origin" | "header" | "doubleSubmit";
}

/** The rules of a cookie that the policy says nothing of. */
export const defaultCookie: CookieRules = { hostPrefix: false, sameSite: "lax", csrf: "origin" };

/** The header of `csrf: header`. */
export const requestedWith = "X-Requested-With";

/** The cookie and the header of `csrf: doubleSubmit`. */
export const csrfCookie = "__Host-csrf";
/** See `csrfCookie`. */
export const csrfHeader = "X-CSRF-Token";
