import { ofStatus } from "../http/status.js";
import type { Problem } from "../problem/problem.js";
import { collect } from "./collect.js";
import type { Incoming, Operation } from "./contract.js";
import { Failure, type FailureCode, HttpFailure } from "./failure.js";
import { retryAfterOf } from "./retry-after.js";

const codes: Readonly<Record<number, FailureCode>> = {
  400: "invalid_input",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  410: "gone",
  422: "invalid_input",
  429: "rate_limited",
};

/** An answer whose body is here. */
interface Arrived extends Incoming {
  readonly body: Uint8Array;
}

/**
 * The value of a successful answer: JSON, a text, or what a codec of the operation makes of it while it comes in.
 * @throws Failure for every other answer, typed by its status.
 */
export async function outputOf(operation: Operation, incoming: Incoming, now: number): Promise<unknown> {
  const { status, headers, body } = incoming;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && status !== 204 && !(body instanceof Uint8Array)) {
    const essence = mediaType(incoming);
    const { output = { media: [] }, parts } = operation.wire;
    const codec = operation.reads?.find((one) => one.takes(essence));
    const type = headers["content-type"] ?? "";
    if (codec?.read !== undefined)
      return asHeld(operation, incoming, await codec.read(body, type, output, ofStatus(parts, status)));
  }
  const arrived = { status, headers, body: body instanceof Uint8Array ? body : await collect(body, status) };
  if (isSuccess) return asHeld(operation, incoming, read(arrived, operation.holds?.parse ?? JSON.parse));
  if (status >= 300 && status < 400)
    throw new Failure("redirect_refused", `The server answered ${status}: redirects are not followed`, { status });
  throw failureOf(arrived, now);
}

function asHeld(operation: Operation, { status, headers }: Incoming, value: unknown): unknown {
  const { holds } = operation;
  return holds === undefined ? value : holds.hold(operation, status, headers["content-type"] ?? "", value);
}

function failureOf(incoming: Arrived, now: number): Failure {
  const { status, headers } = incoming;
  const problem = problemOf(incoming);
  const title = problem === undefined ? "" : ` ${problem.title}`;
  return new HttpFailure(codes[status] ?? (status >= 500 ? "server_error" : "http_error"), `${status}${title}`, {
    status,
    problem,
    retryAfter: retryAfterOf(headers["retry-after"], now),
    requestId: headers["x-request-id"],
  });
}

function read(incoming: Arrived, parse: (text: string) => unknown): unknown {
  const { status, body } = incoming;
  if (status === 204 || body.byteLength === 0) return undefined;
  const type = mediaType(incoming);
  // Octets of one's own: what a transport read into may be a part of something larger.
  if (!isJson(type)) return type.startsWith("text/") ? new TextDecoder().decode(body) : new Uint8Array(body);
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new Failure("response_invalid", "The answer says that it is JSON, and is not", { status, cause });
  }
}

/** RFC 9457, 3.1: members of a wrong type are ignored, so that a sloppy document still says something. */
function problemOf(incoming: Arrived): Problem | undefined {
  const document = documentOf(incoming);
  if (document === undefined) return undefined;
  for (const name of ["type", "title", "detail", "instance"])
    if (typeof document[name] !== "string") delete document[name];
  const { errors, ...rest } = document;
  const list = Array.isArray(errors) ? { errors: errors.filter(isObject) } : {};
  return { type: "about:blank", title: "", ...rest, status: incoming.status, ...list } as Problem;
}

function documentOf(incoming: Arrived): Record<string, unknown> | undefined {
  if (!isJson(mediaType(incoming))) return undefined;
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(incoming.body));
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mediaType({ headers }: Incoming): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function isJson(type: string): boolean {
  return /^application\/([\w.+-]+\+)?json$/.test(type);
}
