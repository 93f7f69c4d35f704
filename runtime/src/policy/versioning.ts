/** How a request says which version of the API it is for, and which there are. */
export interface Versioning {
  /**
   * `path`: a segment of the base path. `header`, `query`: the field or parameter `name`. `mediaType`: the parameter `version` of the media
   * types in Accept and Content-Type (RFC 9110, 8.3.1).
   */
  readonly strategy: "path" | "header" | "mediaType" | "query";
  /** The header field or query parameter. */
  readonly name?: string;
  /** The version that the spec describes: clients are generated for it. */
  readonly current: string;
  /** What happens to a request that names none. */
  readonly missing: "current" | "reject";
  /** From the oldest to the newest. */
  readonly supported: readonly Version[];
}

/** A version, and its end, as callers are told of it (RFC 9745, RFC 8594). Instants are RFC 3339. */
export interface Version {
  readonly name: string;
  readonly deprecatedAt?: string;
  /** From then on it is 410. */
  readonly sunset?: string;
  /** A page that explains the change. */
  readonly docs?: string;
}
