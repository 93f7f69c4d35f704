import type { Duration, Size } from "./units.js";

/** What one counter is kept for: an address, or an authenticated caller. */
export type LimitKeyPart = "ip" | "principal" | "operation";

/** A named rate limit. Every operation that uses the name shares its counters. */
export interface Limit {
  readonly name: string;
  /** Requests in a window. */
  readonly limit: number;
  readonly window: Duration;
  /** Requests that may come at once. Equal to `limit` unless the spec says less. */
  readonly burst: number;
  readonly key: readonly LimitKeyPart[];
}

/** What a request may weigh before anything of it is parsed. */
export interface Bounds {
  readonly body: Size;
  /** How long the request target may be; 8 KiB where absent. */
  readonly url?: Size;
  /** How many octets the names and values of the header section may have; 16 KiB where absent. */
  readonly headers?: Size;
  /** How deep JSON may nest. */
  readonly depth: number;
  /** How many members one object may have, and how many pairs a query or a form; 1000 where absent. */
  readonly keys?: number;
  /** How many items one array may have; 1000 where absent. */
  readonly items?: number;
  /** How many parts a multipart body may have; 20 where absent. */
  readonly parts?: number;
  /** How large one file of a multipart body may be; 10 MiB where absent. `body` bounds all that is no file. */
  readonly file?: Size;
  /** How many times its size a compressed body may grow; absent: compressed bodies are refused. */
  readonly inflateRatio?: number;
  /** How long a body may take to arrive; 10 s where absent. One that is read piece by piece has a second more for each KiB. */
  readonly readTimeout?: Duration;
  /** How long the handler may take to answer; 30 s where absent. */
  readonly timeout?: Duration;
}

/** A named rate limit; `burst` is `limit` where the spec sets none. */
/* @__NO_SIDE_EFFECTS__ */
export function limit(name: string, rule: Omit<Limit, "name" | "burst"> & { readonly burst?: number }): Limit {
  return { name, burst: rule.limit, ...rule };
}
