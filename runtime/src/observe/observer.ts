import type { Exchange } from "../http/exchange.js";
import type { OperationPolicy } from "../policy/index.js";
import type { Refusal } from "../problem/refusal.js";
import type { Trace } from "./trace.js";

/** A call that begins. Nothing is known of it but what it says itself. */
export interface Arrival {
  readonly exchange: Exchange;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The trace that the caller says it belongs to. */
  readonly trace: Trace;
}

/** Who called, as it may be shown. */
export interface ShownPrincipal {
  readonly id: string | undefined;
  readonly scheme: string;
  /** The OAuth client, where the credential names one. */
  readonly client?: string | undefined;
}

/** A call that has ended: with the last piece of its answer, where that is a stream. */
export interface Departure extends Arrival {
  /** The operation; `undefined` where the call found none. */
  readonly operation: string | undefined;
  readonly policy: OperationPolicy | undefined;
  /** The version that it was for, where the API has any. */
  readonly version: string | undefined;
  /** Whether operation or version are announced to end. */
  readonly deprecated: boolean;
  /** The path template, from the root of the server on; never the path itself, which holds ids. */
  readonly route: string | undefined;
  /** Who called, as the scheme's `sensitivity` lets it be shown. */
  readonly principal: ShownPrincipal | undefined;
  readonly status: number;
  /** What the caller was refused with. `cause` is for the log alone. */
  readonly refusal: Refusal | undefined;
  /** Octets of content that were handed on to be sent. */
  readonly octets: number;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

/** What watches one guard of a call. */
export interface GuardWatch {
  /** Runs the guard, in a context of its own. */
  readonly within?: <T>(run: () => T) => T;
  /**
   * Told once, when the guard has passed the call, or refused it. It is not waited for.
   * @param refusal what it was refused with. `cause` is for the log alone.
   */
  readonly end: (refusal: Refusal | undefined) => void;
}

/** What watches one call. */
export interface Watch {
  /** The trace that the call goes on in: with a span of the server's own. */
  readonly trace?: Trace;
  /** Runs the call, in a context of its own. */
  readonly within?: <T>(run: () => T) => T;
  /** A guard of the call begins, or its handler; `undefined`: that one is not watched. It is asked where the observer says `guards`. */
  readonly guard?: (name: string) => GuardWatch | undefined;
  /** Told once, when the call is over. It is not waited for. */
  readonly end: (departure: Departure) => void;
}

/**
 * Watches calls: `createApi({ observers: [requestLog(log), telemetry()] })`. It is told, and cannot change anything: what it throws is
 * dropped.
 */
export interface Observer {
  /** `undefined`: this call is not watched. */
  readonly begin: (arrival: Arrival) => Watch | undefined;
  /** Whether it watches each guard of a call. Where nobody does, nobody is asked. */
  readonly guards?: boolean;
}
