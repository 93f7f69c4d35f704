import type { Principal } from "../credentials/principal.js";
import type { Exchange, Reply } from "../http/exchange.js";
import type { Multipart, PartBounds } from "../http/multipart/contract.js";
import type { CheckedUrls } from "../http/urls/checked.js";
import type { Resolve } from "../http/urls/resolve.js";
import type { AuditSink } from "../observe/audit.js";
import type { Log } from "../observe/log.js";
import type { Observer } from "../observe/observer.js";
import type { Trace } from "../observe/trace.js";
import type { ApiPolicy, Duration, OperationPolicy, Part, PartList, Wire } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import type { Secret } from "../secrets/secret.js";
import type { IdempotencyStore } from "../stores/idempotency.js";
import type { LimitStore } from "../stores/limits.js";
import type { Served } from "./editions.js";
import type { ProxyOptions } from "./proxies.js";

export type { BoundVerifier, SchemeContext, Verdict, Verifier } from "../credentials/verifier.js";
export type { IncomingFile, Multipart, PartBounds } from "../http/multipart/contract.js";

/** The part of Standard Schema (standardschema.dev) that the runtime calls. Generated tables are typed by it: it is cheap to check. */
export interface StandardSchema {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
  };
}

/** What a schema answers: the value as it may be used, or what is wrong with it. */
export type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One fault of a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The schemas of one operation, as generated `schemas.ts` holds them. Bodies are by media type, responses by status. */
export interface OperationSchemas {
  readonly path?: StandardSchema;
  readonly query?: StandardSchema;
  readonly header?: StandardSchema;
  readonly cookie?: StandardSchema;
  readonly body?: Readonly<Record<string, StandardSchema>>;
  readonly responses: Readonly<Record<string, Readonly<Record<string, StandardSchema>>>>;
  /** The header fields of responses, by status. */
  readonly responseHeaders?: Readonly<Record<string, StandardSchema>>;
}

/** Reads and writes multipart bodies: `multipart` of `@sallyport/runtime/multipart`. */
export interface MultipartCodec {
  /** Named parts: fields and files. Parts without names: all of them, or one by one where they are taken so. */
  readonly read: (
    exchange: Pick<Exchange, "chunks">,
    boundary: string,
    parts: readonly Part[] | PartList,
    bounds: PartBounds,
  ) => Promise<Multipart<unknown, string> | readonly unknown[] | AsyncIterable<unknown> | Refusal>;
  /** @throws EncodingError for a value that the parts cannot carry. */
  readonly write: (
    media: string,
    value: unknown,
    parts: readonly Part[] | PartList,
  ) => { readonly type: string; readonly octets: AsyncIterable<Uint8Array> };
}

/** One operation of a contract. */
export interface OperationContract {
  /** The group of handlers it belongs to: its first tag. */
  readonly group: string;
  readonly policy: OperationPolicy;
  readonly wire: Wire;
  readonly schemas: OperationSchemas;
  /** Needed where a body is multipart. */
  readonly multipart?: MultipartCodec;
}

/** Everything that generated `server.ts` knows: what `compileApi` compiles into guards. */
export interface Contract {
  readonly api: ApiPolicy;
  readonly operations: Readonly<Record<string, OperationContract>>;
}

/** What every handler is told. Generated interfaces add `principal`, `path`, `query`, `header`, `cookie`, `body`, `object`. */
export interface Call {
  /** The request id that the response and the audit line carry. */
  readonly requestId: string;
  readonly operation: string;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** The server's log. Each line says the request, the operation and the trace. */
  readonly log: Log;
  /** The trace that the call belongs to. Whoever calls another API hands it on: `getRate(input, { headers: trace.headers })`. */
  readonly trace: Trace;
  /** The URLs of the request that the spec guards (`url`), with the addresses that they led to: what `fetchUrl` calls. */
  readonly urls: CheckedUrls;
  /**
   * The key that the caller repeats this call with, where the spec says `idempotency`. A handler whose work is one transaction may write it
   * down there: then nothing is done twice, whatever fails in between.
   */
  readonly idempotencyKey?: string | undefined;
  /** The version that the call is for, where the API has versions. */
  readonly version?: string | undefined;
}

/** What a handler of server-sent events is told besides. */
export interface Resumed {
  /** The id of the last event that the caller has seen, where it lost the stream (HTML Standard, 9.2.4): a text of the caller's. */
  readonly lastEventId: string | undefined;
}

/** What a handler answers, before it is validated, projected and written. */
export interface HandlerReply {
  readonly status: number;
  /** The media type of the body, where the response has several. */
  readonly type?: string;
  /** Header fields. Those that the spec declares are what it says; others are texts. */
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** A declared response, and header fields of the handler's own where the spec declares none. */
export type WithHeaders<R extends HandlerReply> = R extends unknown
  ? "headers" extends keyof R
    ? R & Pick<HandlerReply, "headers">
    : R & OwnHeaders
  : never;

/** Header fields that the spec does not declare. */
export interface OwnHeaders {
  readonly headers?: Readonly<Record<string, string>>;
}

/** A handler: the guards' proofs in, a declared response out. It may throw what `refuse` makes. */
export type Handler<C extends Call, R extends HandlerReply> = (call: C) => WithHeaders<R> | Promise<WithHeaders<R>>;

/** Finds an object by its id, for the object-level guard; `undefined` where there is none. */
export type Loader<T> = (
  id: string,
  context: { readonly signal: AbortSignal },
) => T | undefined | Promise<T | undefined>;

/** Judges whether a caller may act on an object: `true`, and nothing else, is yes. */
export type CustomRule<T extends object> = (
  object: T,
  context: { readonly principal: Principal; readonly signal: AbortSignal },
) => boolean | Promise<boolean>;

/** How much this process takes on before it sends callers away. */
export interface OverloadOptions {
  /** Calls that are waited for at once, streams included; 10,000 where absent. */
  readonly maxInFlight?: number;
  /** How late timers may fire: the sign of a process that has more to do than it can. Absent: it is not looked at. */
  readonly maxDelay?: Duration;
}

/** How calls with an idempotency key are remembered. */
export interface IdempotencyOptions {
  readonly store?: IdempotencyStore;
  /** How long a call counts as running when nothing is heard of its process; 30 s where absent. */
  readonly lease?: Duration;
  /**
   * What a repeat gets when nobody knows how the first call ended: its process died, its handler failed, or the answer could not be
   * kept. `refuse`, where absent: 409. `rerun`: the handler runs again, and must be safe to.
   */
  readonly whenUnknown?: "refuse" | "rerun";
}

/** Options of every API; generated `Options` adds handlers, schemes and objects. */
export interface ServerOptions {
  /** Counters of the rate limits; in memory where absent, and then they hold for one process. */
  readonly limits?: LimitStore;
  /** When callers are sent away because there is too much to do. */
  readonly overload?: OverloadOptions;
  /** Where calls with an idempotency key are remembered; in memory where absent, and then for one process. */
  readonly idempotency?: IdempotencyOptions;
  /** Where audit lines go; JSON lines on standard output where absent. */
  readonly audit?: AuditSink;
  /** Where the log goes; warnings and errors on standard error where absent. Facts reach it as they may stand in a log, and no other way. */
  readonly log?: Log;
  /** Who watches calls: `requestLog(log)`, `telemetry()` of `@sallyport/runtime/otel`. */
  readonly observers?: readonly Observer[];
  /**
   * Whether an `X-Request-Id` that a request comes with is its id, where it is safe to print: for servers behind a gateway that writes it. A
   * caller who may choose can choose another's. Absent: each request gets an id of our own.
   */
  readonly requestIds?: "own" | "accepted";
  /**
   * How long a verifier, a loader or an object rule may take, in milliseconds; 5000 where absent. A call that would wait longer is refused with 503.
   */
  readonly patience?: number;
  /**
   * How long a stream of server-sent events may be silent, in milliseconds, before a comment says that it lives; 15000 where absent. `false`:
   * nothing is said.
   */
  readonly heartbeat?: number | false;
  /**
   * Finds the addresses of a name, where the spec guards URLs (`url`). Default: the system's name servers are asked; where there are none, as
   * in workers, it must be given. It has as long as `patience` says.
   */
  readonly resolve?: Resolve;
  /** Milliseconds since 1970: the clock, for tests. */
  readonly now?: () => number;
  /**
   * What the public URL has in front of the paths of the spec. Default: the path of the spec's first server, `/v1` of
   * `https://api.example.com/v1`; the same that a client puts there.
   */
  readonly basePath?: string;
  /** Where operations are served that the spec gives another path, by id: a subscriber chooses where it takes webhooks. */
  readonly paths?: Readonly<Record<string, string>>;
  /**
   * The origin that callers reach this server at, like `https://api.example.com`: proofs of possession, requests with cookies and
   * the protected resource metadata are judged by it. Default: what the connection and the `Host` field say. Set it behind a proxy.
   */
  readonly origin?: string;
  /**
   * The hosts that this server answers for, like `api.example.com`: a request for another one is 421. Default: every host, as there is
   * nothing here that depends on it but `origin`.
   */
  readonly hosts?: readonly string[];
  /**
   * Which proxies stand before this server, and what they may say of a request. Default: those of the spec's first server; where it names
   * none, the address of the socket is the caller's, and what headers say of another one is not read.
   */
  readonly proxies?: ProxyOptions;
  /** The environment that `env:NAME` settings are read from; `process.env` where absent. `(await loadSecrets(…)).env` reads them elsewhere. */
  readonly env?: EnvSource;
}

/** The environment, or what stands in for it. */
export type EnvSource = Readonly<Record<string, string | Secret | undefined>>;

/** A compiled API. Adapters serve it; it knows no framework. */
export interface Api {
  /** Answers a request; `undefined` when its path is none of ours, so that a host framework may fall through. */
  readonly handle: (exchange: Exchange) => Reply | undefined | Promise<Reply | undefined>;
  /**
   * Enters an operation's guards with the input already decoded, as tRPC does. Whether the call may be made is decided by the
   * same list of guards.
   * @param input the flat input of the operation: parameters by key, and `body`.
   */
  readonly invoke: (operation: string, exchange: Exchange, input: unknown) => Promise<HandlerReply | Refusal>;
  /**
   * Whether some scheme needs the caller's certificate from the handshake: of any authority, where tokens are bound to it (RFC 8705), or of
   * one that the server trusts, where it says who calls. `none` where proxies hand certificates on.
   */
  readonly clientCertificates: "none" | "any" | "trusted";
  /** What is served, for adapters that mount routes. */
  readonly routes: readonly { readonly operation: string; readonly method: string; readonly path: string }[];
  /** Its versions, where it has any: what `versions()` goes by. */
  readonly served?: Served | undefined;
}
