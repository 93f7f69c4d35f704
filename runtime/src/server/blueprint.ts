import type { BoundVerifier } from "../credentials/verifier.js";
import type { Exchange, Reply } from "../http/exchange.js";
import type { Resolve } from "../http/urls/resolve.js";
import type { AuditSink } from "../observe/audit.js";
import type { Log } from "../observe/log.js";
import type { ApiPolicy, OperationPolicy, Wire } from "../policy/index.js";
import type { IdempotencyStore } from "../stores/idempotency.js";
import type { Call, CustomRule, Handler, HandlerReply, Loader, MultipartCodec, OperationSchemas } from "./contract.js";
import type { Base, Editions } from "./editions.js";
import type { Counters } from "./limits/rate.js";
import type { Turns } from "./limits/turns.js";
import type { Unproxy } from "./proxies.js";
import type { Roles } from "./roles.js";

/** The protected resource metadata of an API (RFC 9728). An API without tokens has none. */
export interface ResourceMetadata {
  /** Where it is, as the caller of this exchange would write it; `undefined` where there is none. */
  readonly metadataUrl: (exchange: Exchange) => string | undefined;
  /** The answer to a request for it; `undefined` for every other request. */
  readonly answer: (exchange: Exchange, requestId: string) => Reply | undefined;
}

/** Where calls with an idempotency key are remembered. */
export interface CallMemory {
  readonly store: IdempotencyStore;
  /** Milliseconds. */
  readonly lease: number;
  readonly again: boolean;
}

/** What all operations stand on. */
export interface Ground {
  readonly api: ApiPolicy;
  readonly verifiers: ReadonlyMap<string, BoundVerifier>;
  readonly loaders: ReadonlyMap<string, Loader<unknown>>;
  /** Object rules of the user's own, by name. */
  readonly rules: ReadonlyMap<string, CustomRule<object>>;
  readonly roles: Roles;
  readonly resource: ResourceMetadata;
  /** The origin that callers reach this server at, where it was told. */
  readonly origin: string | undefined;
  /** The hosts that are answered for, in lower case; `undefined`: every one. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** The request as the proxies before this server got it; `undefined` where there are none. */
  readonly unproxy: Unproxy | undefined;
  readonly counters: Counters;
  /** Who waits for a slot. */
  readonly turns: Turns;
  readonly memory: CallMemory;
  readonly audit: AuditSink;
  readonly log: Log;
  /** Finds the addresses of hosts; `undefined` where nothing asks for any. */
  readonly resolve: Resolve | undefined;
  /** How long verifiers, loaders, rules and resolvers may take, in milliseconds. */
  readonly patience: number;
  /** How long a stream of events may be silent, in milliseconds; `undefined`: for ever. */
  readonly heartbeat: number | undefined;
  /** The id of a request. */
  readonly requestId: (exchange: Exchange) => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Starts with a slash, or is empty: that of the current version. */
  readonly basePath: string;
  /** Where requests are answered. */
  readonly bases: readonly Base[];
  /** `undefined` where requests name no version. */
  readonly editions: Editions | undefined;
}

/** One operation as the guards are compiled from it: its policy, its schemas, and the code that serves it. */
export interface Blueprint {
  readonly id: string;
  readonly policy: OperationPolicy;
  readonly wire: Wire;
  readonly schemas: OperationSchemas;
  readonly multipart?: MultipartCodec | undefined;
  readonly handler: Handler<Call, HandlerReply>;
}
