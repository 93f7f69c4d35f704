/** The end of an operation's life, as its callers are told of it (RFC 9745, RFC 8594). Instants are RFC 3339. */
export interface Lifecycle {
  readonly deprecatedAt: string;
  readonly sunset?: string;
  /** The operation that replaces this one, as `METHOD /path`. */
  readonly successor?: string;
  /** A page that explains the change: `Link: <…>; rel="deprecation"`. */
  readonly docs?: string;
  /** What happens after `sunset`: 410, or nothing. */
  readonly afterSunset: "gone" | "serve";
}

/** The operation is deprecated: callers see it in the response headers. */
/* @__NO_SIDE_EFFECTS__ */
export function deprecated(life: Omit<Lifecycle, "afterSunset"> & Partial<Pick<Lifecycle, "afterSunset">>): Lifecycle {
  return { afterSunset: "gone", ...life };
}
