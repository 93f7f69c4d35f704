/** How a request says which version of the API it is for. */
export interface Versioning {
  readonly strategy: "path" | "header" | "mediaType" | "query";
  /** The header field or the query parameter; `undefined` for what has no name. */
  readonly name: string | undefined;
  /** The version that the spec describes. */
  readonly current: string;
  readonly missing: "current" | "reject";
  /** From the oldest to the newest. */
  readonly supported: readonly Version[];
}

export interface Version {
  readonly name: string;
  /** RFC 3339 instants. */
  readonly deprecatedAt: string | undefined;
  readonly sunset: string | undefined;
  readonly docs: string | undefined;
}
