import type { Problem, ProblemDetail } from "./problem.js";

/** Why a guard, or a handler, refuses a call. Stable: clients and tests narrow on it. */
export type RefusalCode =
  | "bad_request"
  | "invalid_request"
  | "unauthenticated"
  | "invalid_token"
  | "insufficient_user_authentication"
  | "insufficient_scope"
  | "forbidden"
  | "not_found"
  | "origin_not_allowed"
  | "method_not_allowed"
  | "not_acceptable"
  | "conflict"
  | "gone"
  | "body_too_large"
  | "target_too_long"
  | "headers_too_large"
  | "misdirected"
  | "unsupported_media_type"
  | "unsupported_version"
  | "invalid_input"
  | "rate_limited"
  | "handler_problem"
  | "internal"
  | "not_implemented"
  | "unavailable"
  | "timeout";

/**
 * The outcome of a guard that does not let a call through. It is data, not an exception: guards return it. Handlers may throw
 * one made by `refuse`.
 */
export class Refusal {
  readonly code: RefusalCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly ProblemDetail[] | undefined;
  /** Response headers that go with it, flat: name, value, name, value. */
  readonly headers: readonly string[];
  /** For the log and the audit line only; never sent. */
  readonly cause: unknown;
  /** Further members of the problem document (RFC 9457, 3.2). */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** What a verifier's refusal adds to the challenge of its scheme: `error` and the like (RFC 6750, 3). */
  readonly challenge: Readonly<Record<string, string>> | undefined;

  constructor(code: RefusalCode, facts: RefusalFacts) {
    this.code = code;
    this.status = facts.status;
    this.title = facts.title;
    this.detail = facts.detail;
    this.errors = facts.errors;
    this.headers = facts.headers ?? [];
    this.cause = facts.cause;
    this.extensions = facts.extensions ?? {};
    this.challenge = facts.challenge;
  }
}

/** What a refusal tells the caller (`status`, `title`, `detail`, `errors`, `headers`) and the log (`cause`). */
export interface RefusalFacts {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly ProblemDetail[];
  readonly headers?: readonly string[];
  readonly cause?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly challenge?: Readonly<Record<string, string>>;
}

/** The problem document of a refusal (RFC 9457). */
export function toProblem(refusal: Refusal, requestId: string): Problem {
  return {
    ...refusal.extensions,
    type: typeof refusal.extensions.type === "string" ? refusal.extensions.type : "about:blank",
    title: refusal.title,
    status: refusal.status,
    ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
    instance: `urn:request:${requestId}`,
    code: refusal.code,
    ...(refusal.errors === undefined ? {} : { errors: refusal.errors }),
  };
}
