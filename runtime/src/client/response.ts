import { codecOf } from "../http/codec.js";
import type { Problem, ProblemDetail } from "../problem/problem.js";
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
 * The value of a successful answer. Octets of an operation that streams them are a stream, items an iterable.
 * @throws Failure for every other answer, typed by its status.
 */
export async function outputOf(operation: Operation, incoming: Incoming, now: number): Promise<unknown> {
  const { status, headers, body } = incoming;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && !(body instanceof Uint8Array)) {
    const essence = mediaType(incoming);
    const { output = { media: [] } } = operation.wire;
    const codec = operation.codecs?.find((one) => one.read !== undefined && one.takes(essence));
    if (codec?.read !== undefined)
      return codec.read(body, headers["content-type"] ?? "", output, ofStatus(operation.wire.parts, status));
    if (codecOf(essence) === "octets" && status !== 204) return body;
  }
  const arrived = { status, headers, body: body instanceof Uint8Array ? body : await collect(body, status) };
  if (isSuccess) return read(arrived);
  if (status >= 300 && status < 400) {
    throw new Failure("redirect_refused", `The server answered ${status}: redirects are not followed`, { status });
  }
  throw failureOf(arrived, now);
}

/** OpenAPI 4.8.17: an exact status before its range, a range before the default. */
function ofStatus<T>(all: Readonly<Record<string, T>> = {}, status: number): T | undefined {
  return all[String(status)] ?? all[`${Math.floor(status / 100)}XX`] ?? all.default;
}

function failureOf(incoming: Arrived, now: number): Failure {
  const { status, headers } = incoming;
  const problem = problemOf(incoming);
  const retryAfter = retryAfterOf(headers["retry-after"], now);
  const requestId = headers["x-request-id"];
  const code = codes[status] ?? (status >= 500 ? "server_error" : "http_error");
  return new HttpFailure(code, `${status}${problem === undefined ? "" : ` ${problem.title}`}`, {
    status,
    ...(problem === undefined ? {} : { problem }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function read(incoming: Arrived): unknown {
  if (incoming.status === 204 || incoming.body.byteLength === 0) return undefined;
  const type = mediaType(incoming);
  if (isJson(type)) return parse(incoming);
  // Octets of one's own: what a transport read into may be a part of something larger.
  return type.startsWith("text/") ? new TextDecoder().decode(incoming.body) : new Uint8Array(incoming.body);
}

function parse(incoming: Arrived): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(incoming.body));
  } catch (cause) {
    throw new Failure("response_invalid", "The answer says that it is JSON, and is not", {
      status: incoming.status,
      cause,
    });
  }
}

/** RFC 9457, 3.1: members of a wrong type are ignored, so that a sloppy document still says something. */
function problemOf(incoming: Arrived): Problem | undefined {
  if (!isJson(mediaType(incoming))) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(incoming.body));
  } catch {
    return undefined;
  }
  if (!isObject(document)) return undefined;
  const { type, title, status: _status, detail, instance, errors, ...rest } = document;
  return {
    ...rest,
    type: typeof type === "string" ? type : "about:blank",
    title: typeof title === "string" ? title : "",
    status: incoming.status,
    ...(typeof detail === "string" ? { detail } : {}),
    ...(typeof instance === "string" ? { instance } : {}),
    ...(Array.isArray(errors) ? { errors: errors.filter((one): one is ProblemDetail => isObject(one)) } : {}),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mediaType(incoming: Incoming): string {
  return (incoming.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function isJson(type: string): boolean {
  return /^application\/([\w.+-]+\+)?json$/.test(type);
}
