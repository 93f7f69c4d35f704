import {
  type TRPC_ERROR_CODE_KEY,
  type TRPCDefaultErrorData,
  type TRPCDefaultErrorShape,
  TRPCError,
  type TRPCErrorShape,
} from "@trpc/server";
import type { Problem } from "../problem/problem.js";
import { Refusal, toProblem } from "../problem/refusal.js";
import type { HandlerReply } from "../server/contract.js";

/** What a tRPC client finds in `error.data`. */
export interface RouterErrorData extends TRPCDefaultErrorData {
  /** The problem document that the HTTP operation would have answered (RFC 9457), where an operation was reached. */
  readonly problem?: Problem;
}

/** The form of every error of the router. */
export interface RouterErrorShape extends TRPCErrorShape<RouterErrorData> {
  message: string;
  code: TRPCDefaultErrorShape["code"];
}

const codes: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  402: "PAYMENT_REQUIRED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  409: "CONFLICT",
  410: "NOT_FOUND",
  412: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  428: "PRECONDITION_REQUIRED",
  429: "TOO_MANY_REQUESTS",
  501: "NOT_IMPLEMENTED",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

/** Carries a problem document through tRPC to the formatter. */
class ProblemCause extends Error {
  override readonly name = "ProblemCause";
  constructor(
    readonly problem: Problem,
    cause: unknown,
  ) {
    super(problem.title, { cause });
  }
}

/** What of a refusal's headers means the same beside a tRPC error. */
const carried = ["www-authenticate", "retry-after", "dpop-nonce"] as const;

/**
 * The body of a reply.
 * @throws TRPCError where the call was refused, or the handler answered with another status than 2xx.
 */
export function leave(outcome: HandlerReply | Refusal, setHeader: (name: string, value: string) => void): unknown {
  if (outcome instanceof Refusal) {
    for (const name of carried) {
      // RFC 9110, 5.3: the challenges of several schemes may stand in one line.
      const values = outcome.headers.filter((_, at) => at % 2 === 1 && outcome.headers[at - 1]?.toLowerCase() === name);
      if (values.length > 0) setHeader(name, values.join(", "));
    }
    // The request id is not told here, so the document does not name an instance.
    const { instance: _, ...problem } = toProblem(outcome, "");
    throw errorOf(problem as Problem, outcome.cause);
  }
  const [name, nonce] = Object.entries(outcome.headers ?? {}).find(([one]) => one.toLowerCase() === "dpop-nonce") ?? [];
  if (name !== undefined && typeof nonce === "string") setHeader(name, nonce);
  if (outcome.status >= 200 && outcome.status < 300) return outcome.body;
  throw errorOf(problemOf(outcome), undefined);
}

/** The router cannot serve the call at all; why is for `onError`, not for the caller. */
export function unreachable(cause: Error): TRPCError {
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: serverFailed, cause });
}

function errorOf(problem: Problem, cause: unknown): TRPCError {
  const code =
    codes[problem.status] ?? (problem.status >= 400 && problem.status < 500 ? "BAD_REQUEST" : "INTERNAL_SERVER_ERROR");
  return new TRPCError({ code, message: problem.detail ?? problem.title, cause: new ProblemCause(problem, cause) });
}

/** A declared error response, as a problem document: its members, and the status that it had. */
function problemOf({ status, body }: HandlerReply): Problem {
  const members = typeof body === "object" && body !== null && !Array.isArray(body) ? body : {};
  return { type: "about:blank", title: "The operation answered with an error", ...members, status };
}

const serverFailed = "The server failed";

/** Adds the problem document, and takes away the words of errors that nobody meant for a caller (R51). */
export function formatError({ shape, error }: { shape: TRPCDefaultErrorShape; error: TRPCError }): RouterErrorShape {
  const { stack: _, ...data } = shape.data;
  if (error.cause instanceof ProblemCause) return { ...shape, data: { ...data, problem: error.cause.problem } };
  return { ...shape, data, message: error.code === "INTERNAL_SERVER_ERROR" ? serverFailed : shape.message };
}
