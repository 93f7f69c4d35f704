import type { Duration, Size } from "./units.js";

/** What one counter is kept for: an address, a caller as its credential proves it, or something that the request says. */
export type LimitKeyPart =
  | "ip"
  | "principal"
  | "client"
  | "apiKey"
  | "tenant"
  | "operation"
  | `${"header" | "path" | "query"}:${string}`
  | `body:/${string}`
  | `const:${string}`;

/** How much one plan may use. */
export interface LimitTier {
  readonly limit: number;
  /** `limit` where absent. */
  readonly burst?: number;
}

/** Plans that may use another amount than the limit says. Whoever has none of them has the limit's own. */
export interface LimitTiers {
  /** A claim of the caller's token, by its name or as a pointer; or what the scheme calls its plan. */
  readonly by: `claim:${string}` | "principal.plan";
  readonly of: Readonly<Record<string, LimitTier>>;
}

/** A named rate limit. Every operation that uses the name shares its counters. */
export interface Limit {
  readonly name: string;
  /** Units in a window. */
  readonly limit: number;
  readonly window: Duration;
  /** Units that may come at once, where it is a bucket. Equal to `limit` unless the spec says less. */
  readonly burst: number;
  readonly key: readonly LimitKeyPart[];
  /** Absent: `gcra`. A `tokenBucket` decides alike. */
  readonly algorithm?: "fixed" | "sliding" | "tokenBucket";
  /** Absent: `requests`. */
  readonly unit?: "content-bytes" | "concurrent-requests";
  /** Absent: `requests`. A failure is an answer of 400 to 499. */
  readonly count?: "failures";
  /** After so many failures, each within `for` of the one before, everything is refused for as long. */
  readonly lockout?: { readonly after: number; readonly for: Duration };
  readonly tiers?: LimitTiers;
  /** Roles that are not counted. */
  readonly exempt?: readonly string[];
  /** What holds while the store fails. Absent: `local`, counters of this process alone. */
  readonly onStoreError?: "deny" | "allow";
  /** Which header fields tell of it. Absent: `draft`. */
  readonly headers?: "legacy" | "both" | "none";
}

/** Whoever calls often waits longer and longer. */
export interface SlowDown {
  /** Requests in a window that do not wait. */
  readonly after: number;
  readonly window: Duration;
  /** What each request beyond them waits longer than the one before. */
  readonly delay: Duration;
  readonly maxDelay: Duration;
  readonly key: readonly LimitKeyPart[];
}

/** How many requests may be under way at once. */
export interface Concurrency {
  readonly max: number;
  readonly key: readonly LimitKeyPart[];
  /** How many more may wait for their turn, in each process. Absent: none. */
  readonly queue?: number;
  /** How long they wait at most. */
  readonly wait?: Duration;
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
