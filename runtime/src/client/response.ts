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

/**
 * The value of a successful answer: JSON, a text, or what a codec of the operation makes of it while it comes in.
 * @throws Failure for every other answer, typed by its status.
 */
export async function outputOf(operation: Operation, incoming: Incoming, now: number): Promise<unknown> {
  const { wire, reads = [], holds } = operation;
  const { status, headers, body } = incoming;
  const type = headers["content-type"] ?? "";
  const essence = (type.split(";", 1)[0] ?? "").trim().toLowerCase();
  const hold = (value: unknown) => (holds === undefined ? value : holds.hold(operation, status, type, value));
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && status !== 204 && !(body instanceof Uint8Array)) {
    const codec = reads.find((one) => one.takes(essence));
    if (codec?.read !== undefined)
      return hold(await codec.read(body, type, wire.output ?? { media: [] }, ofStatus(wire.parts, status)));
  }
  const octets = body instanceof Uint8Array ? body : await collect(body, status);
  const isJson = /^application\/(?:[\w.+-]+\+)?json$/.test(essence);
  if (isSuccess) return hold(read(octets, status, essence, isJson ? (holds?.parse ?? JSON.parse) : undefined));
  throw failureOf(incoming, isJson ? problemOf(octets, status) : undefined, now);
}

function failureOf({ status, headers }: Incoming, problem: Problem | undefined, now: number): Failure {
  if (status >= 300 && status < 400)
    return new Failure("redirect_refused", `The server answered ${status}: redirects are not followed`, { status });
  const title = problem === undefined ? "" : ` ${problem.title}`;
  return new HttpFailure(codes[status] ?? (status >= 500 ? "server_error" : "http_error"), `${status}${title}`, {
    status,
    problem,
    retryAfter: retryAfterOf(headers["retry-after"], now),
    requestId: headers["x-request-id"],
  });
}

function read(
  octets: Uint8Array,
  status: number,
  essence: string,
  parse: ((text: string) => unknown) | undefined,
): unknown {
  if (status === 204 || octets.byteLength === 0) return undefined;
  // Octets of one's own: what a transport read into may be a part of something larger.
  if (parse === undefined)
    return essence.startsWith("text/") ? new TextDecoder().decode(octets) : new Uint8Array(octets);
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch (cause) {
    throw new Failure("response_invalid", "The answer says that it is JSON, and is not", { status, cause });
  }
}

/** RFC 9457, 3.1: members of a wrong type are ignored, so that a sloppy document still says something. */
function problemOf(octets: Uint8Array, status: number): Problem | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(octets));
    if (!isObject(document)) return undefined;
    for (const name of ["type", "title", "detail", "instance"])
      if (typeof document[name] !== "string") delete document[name];
    if (Array.isArray(document.errors)) document.errors = document.errors.filter(isObject);
    else delete document.errors;
    return { type: "about:blank", title: "", ...document, status };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
