import type { ProblemDetail } from "./problem.js";
import { Refusal } from "./refusal.js";

/** The request is not one that can be read. `detail` names what is wrong, never the value. */
export function badRequest(detail: string, errors?: readonly ProblemDetail[]): Refusal {
  return new Refusal("bad_request", {
    status: 400,
    title: "The request is malformed",
    detail,
    ...(errors === undefined ? {} : { errors }),
  });
}

/** A credential came in a form that RFC 6750, 3.1 calls invalid_request: two of them where one belongs, for example. */
export function invalidRequest(detail: string): Refusal {
  return new Refusal("invalid_request", { status: 400, title: "The request is malformed", detail });
}

/** The input could be read, and breaks the schema. The cause goes to the log only. */
export function invalidInput(errors: readonly ProblemDetail[], cause?: unknown): Refusal {
  return new Refusal("invalid_input", { status: 422, title: "The input is not valid", errors, cause });
}

/** No credential came, or none that counts. `headers` carry the challenges (RFC 9110, 15.5.2). */
export function unauthenticated(headers: readonly string[]): Refusal {
  return new Refusal("unauthenticated", { status: 401, title: "Authentication is required", headers });
}

/** The caller is known, and may not do this. The reason goes to the log only. */
export function forbidden(cause?: unknown): Refusal {
  return new Refusal("forbidden", { status: 403, title: "Access is denied", cause });
}

/** There is no such thing, or the caller is not to know that there is. Both answer the same octets (R25). */
export function notFound(cause?: unknown): Refusal {
  return new Refusal("not_found", { status: 404, title: "Not found", cause });
}

/** The operation was taken out of service at its sunset (RFC 8594). */
export function gone(): Refusal {
  return new Refusal("gone", { status: 410, title: "This operation is no longer served" });
}

/** The version that the request names was taken out of service at its sunset (RFC 8594). */
export function versionGone(supported: readonly string[]): Refusal {
  return new Refusal("gone", { status: 410, title: "This version is no longer served", extensions: { supported } });
}

/** The request names a version that there is not. */
export function unsupportedVersion(supported: readonly string[]): Refusal {
  const title = "There is no such version";
  return new Refusal("unsupported_version", { status: 400, title, extensions: { supported } });
}

/** The request names two versions, or one twice. */
export function versionTwice(name: string): Refusal {
  return badRequest(`${name} says the version more than once.`);
}

/** The request names no version, and must. */
export function versionMissing(where: string, supported: readonly string[]): Refusal {
  return new Refusal("unsupported_version", {
    status: 400,
    title: "The request names no version",
    detail: `It is named by ${where}.`,
    extensions: { supported },
  });
}

/** The caller takes answers of other versions only (RFC 9110, 15.5.7). */
export function versionNotAccepted(supported: readonly string[]): Refusal {
  const title = "No acceptable representation";
  const detail = "Accept names no version that is served.";
  return new Refusal("not_acceptable", { status: 406, title, detail, extensions: { supported } });
}

/** The body is of another version than the answer, or of one that there is not (RFC 9110, 15.5.16). */
export function versionOfBody(supported: readonly string[]): Refusal {
  const title = "The media type is not supported";
  const detail = "Its version is not served, or not the one that Accept names.";
  return new Refusal("unsupported_media_type", { status: 415, title, detail, extensions: { supported } });
}

/** The body is larger than the operation takes. */
export function bodyTooLarge(limit: number): Refusal {
  return new Refusal("body_too_large", {
    status: 413,
    title: "The body is too large",
    detail: `At most ${limit} octets are read.`,
  });
}

/** The body did not arrive in time (RFC 9110, 15.5.9). What is left of it would come over the same connection. */
export function bodyTooSlow(): Refusal {
  return new Refusal("timeout", {
    status: 408,
    title: "The request took too long",
    detail: "The body did not arrive in time.",
    headers: ["Connection", "close"],
  });
}

/** The handler did not answer in time. */
export function handlerTooSlow(cause: unknown): Refusal {
  return new Refusal("timeout", {
    status: 503,
    title: "The server took too long",
    headers: ["Retry-After", "1"],
    cause,
  });
}

/** The body is in a coding that is not undone (RFC 9110, 15.5.16: `Accept-Encoding` says which are). */
export function unsupportedCoding(accepted: string): Refusal {
  return new Refusal("unsupported_media_type", {
    status: 415,
    title: "The content coding is not supported",
    headers: ["Accept-Encoding", accepted],
  });
}

/** The target is longer than the operation takes (RFC 9110, 15.5.15). */
export function targetTooLong(limit: number): Refusal {
  return new Refusal("target_too_long", {
    status: 414,
    title: "The target is too long",
    detail: `At most ${limit} octets are read.`,
  });
}

/** The header section is larger than the operation takes (RFC 6585, 5). */
export function headersTooLarge(lines: number, octets: number): Refusal {
  return new Refusal("headers_too_large", {
    status: 431,
    title: "The header section is too large",
    detail: `At most ${lines} lines and ${octets} octets are read.`,
  });
}

/** The message can be read in two ways. What else is on its connection could be, too: RFC 9112, 11.2 has it closed. */
export function malformedMessage(detail: string): Refusal {
  return new Refusal("bad_request", {
    status: 400,
    title: "The request is malformed",
    detail,
    headers: ["Connection", "close"],
  });
}

/** The request is for a host that this server does not answer for (RFC 9110, 15.5.20). */
export function misdirected(): Refusal {
  return new Refusal("misdirected", { status: 421, title: "The request is not for this server" });
}

/** The operation answers in none of the media types that the caller takes (RFC 9110, 15.5.7). */
export function notAcceptable(available: readonly string[]): Refusal {
  return new Refusal("not_acceptable", {
    status: 406,
    title: "No acceptable representation",
    detail: `The operation answers in ${available.join(", ")}.`,
  });
}

/** The media type is not one that the operation reads (RFC 9110, 15.5.16: `Accept` says which it does). */
export function unsupportedMediaType(accepted: readonly string[]): Refusal {
  return new Refusal("unsupported_media_type", {
    status: 415,
    title: "The media type is not supported",
    headers: ["Accept", accepted.join(", ")],
  });
}

/** Something failed that the caller cannot help. Nothing of the cause leaves the server (R51). */
export function internal(cause: unknown): Refusal {
  return new Refusal("internal", { status: 500, title: "The server failed", cause });
}

/** Something that must be asked before the call may go on did not answer: fail closed (R12). */
export function unavailable(cause: unknown): Refusal {
  return new Refusal("unavailable", {
    status: 503,
    title: "The service is not available",
    headers: ["Retry-After", "1"],
    cause,
  });
}
