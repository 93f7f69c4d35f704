import type { Problem } from "../problem/problem.js";

/** Why a call failed. Stable: callers narrow on it. */
export type FailureCode =
  /** The server answered 400 or 422. `problem.errors` says where. Or the input cannot be written into a request: then there is no `status`. */
  | "invalid_input"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "gone"
  | "rate_limited"
  /** Any other 4xx. */
  | "http_error"
  /** Any 5xx. */
  | "server_error"
  /** The connection could not be made, or broke. */
  | "network"
  | "timeout"
  | "aborted"
  /** The certificate is not trusted, or of another host. */
  | "tls"
  /** The certificate is trusted, and its key is none of the pinned ones. */
  | "pin_mismatch"
  /** The pins of the server are over (`pinsExpire`); nothing was sent. */
  | "pins_expired"
  /** Nothing that the operation accepts was configured, or the store of it failed; nothing was sent. */
  | "credential_missing"
  /** The authorization server refused to issue a token. */
  | "credential_rejected"
  /** The authorization server has ended the session, or nobody has signed in: it is for the user to sign in. */
  | "session_ended"
  /** The server wanted to send the call elsewhere (R58). */
  | "redirect_refused"
  /** A webhook or callback would go to a place that its sender does not allow; nothing was sent. */
  | "target_refused"
  /** The answer is larger than is read, or is not what it says. */
  | "response_invalid"
  /** The server failed so often that the client's circuit breaker lets it rest; nothing was sent. */
  | "circuit_open"
  /** The client was configured in a way that cannot work. */
  | "configuration";

/** What a failure knows. */
export interface FailureFacts {
  readonly status?: number | undefined;
  readonly problem?: Problem | undefined;
  /** Milliseconds until the server wants to be asked again. */
  readonly retryAfter?: number | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** A call that did not succeed. */
export class Failure extends Error {
  declare readonly name: "Failure";
  declare readonly code: FailureCode;
  declare readonly status: number | undefined;
  /** The problem document of the answer (RFC 9457), where it has one. */
  declare readonly problem: Problem | undefined;
  /** Milliseconds until the server wants to be asked again (Retry-After). */
  declare readonly retryAfter: number | undefined;
  /** The server's id of the request, for its operators. */
  declare readonly requestId: string | undefined;
  /** The operation that was called. */
  declare operation: string | undefined;
  /** How often it was tried. */
  declare attempts: number;

  constructor(code: FailureCode, message: string, { cause, status, ...facts }: FailureFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, facts, { name: "Failure", code, status, attempts: 0 });
  }
}

/** The server answered, and it was no success: `status` is there, and most often `problem`. */
export class HttpFailure extends Failure {
  declare readonly status: number;
}
