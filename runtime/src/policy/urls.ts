/** Which URLs a value of a request may be: those that the server will call, or hand on to something that does (OWASP API7). */
export interface UrlRule {
  /** In lower case. */
  readonly schemes: readonly string[];
  /**
   * Names, `*.` in front of one for every name below it, or `*`; with a port where it is not the scheme's own. Absent: every name, at the
   * scheme's own port.
   */
  readonly hosts?: readonly string[];
  /** `allow`: their addresses may be private ones. What links and machines tell about themselves is out of reach all the same. */
  readonly private?: "allow";
}

/**
 * Rules by place: a part of the request, and a pointer into it (RFC 6901) in which `*` is every item of a list or value of a map, and `**`
 * any depth. Without a pointer it is the whole body.
 */
export type UrlRules = Readonly<Record<`${"path" | "query" | "header" | "cookie" | "body"}:${string}`, UrlRule>>;
