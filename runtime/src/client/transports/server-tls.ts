import type { ServerPolicy, ServerTls, Setting } from "../../policy/index.js";

/** What the spec says of the TLS at one origin, from all of its server entries. */
export interface SpecTls {
  readonly pins: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly pinsExpire: number | undefined;
  readonly onExpire: "warn" | "fail";
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly ca: readonly Setting[];
}

/**
 * What holds at an origin: what its server entries say, whatever their paths. Where they differ the stricter holds; pins and authorities
 * are joined.
 * @param servers with their variables filled in.
 */
export function specTlsAt(servers: readonly ServerPolicy[], origin: string): SpecTls | undefined {
  const said = servers.flatMap(({ url, tls }): readonly ServerTls[] =>
    tls !== undefined && URL.canParse(url) && new URL(url).origin === origin ? [tls] : [],
  );
  if (said.length === 0) return undefined;
  const pinned = said.filter(({ pins }) => pins !== undefined);
  const ends = pinned.flatMap(({ pinsExpire }) => (pinsExpire === undefined ? [] : [Date.parse(pinsExpire)]));
  return {
    pins: pinned.length === 0 ? undefined : pinned.flatMap(({ pins = [] }) => pins),
    pinsExpire: ends.length === 0 ? undefined : Math.min(...ends),
    onExpire: pinned.every(({ onExpire }) => onExpire === "warn") ? "warn" : "fail",
    minVersion: said.some(({ minVersion }) => minVersion === "TLSv1.3") ? "TLSv1.3" : "TLSv1.2",
    ca: said.flatMap(({ ca }) => (ca === undefined ? [] : [ca])),
  };
}
