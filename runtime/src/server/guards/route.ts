import { Refusal } from "../../problem/refusal.js";
import type { Blueprint } from "../blueprint.js";
import type { Router } from "../router.js";
import { CallRecord, type Matched, type Received } from "../states.js";
import { readTarget } from "../target.js";

// RFC 9110, 9.3; RFC 5789; RFC 10008.
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"]);

/** One operation with the steps that were compiled for it. */
export interface Destined<Steps> {
  readonly operation: Blueprint;
  readonly steps: Steps;
}

/** A call that has found its operation. */
export interface Found<Steps> {
  readonly call: Matched & CallRecord;
  readonly steps: Steps;
}

/**
 * Finds the operation of a request. Its method is the one of the request line: headers that claim another are not read (R13).
 * @returns `undefined` when the path is none of ours.
 */
export function route<Steps>(
  received: Received,
  router: Router<Destined<Steps>>,
  basePath: string,
): Found<Steps> | Refusal | undefined {
  const target = readTarget(received.exchange.target);
  if (target === undefined || !target.path.startsWith(`${basePath}/`)) return undefined;
  const place = router.find(target.path.slice(basePath.length));
  if (place === undefined) return undefined;
  const { method } = received.exchange;
  // RFC 9110, 9.3.2: HEAD is GET without the content, and so passes the guards of GET.
  const destination = place.methods.get(method) ?? (method === "HEAD" ? place.methods.get("GET") : undefined);
  if (destination === undefined) return wrongMethod(method, [...place.methods.keys()]);
  const captured = Object.fromEntries(destination.names.map((name, at) => [name, place.captured[at] ?? ""]));
  const { exchange, requestId, at } = received;
  const { operation, steps } = destination.data;
  return { call: new CallRecord(exchange, requestId, at, operation, captured, target.query, undefined), steps };
}

function wrongMethod(method: string, served: readonly string[]): Refusal {
  // RFC 9110, 9.1: a method that no one has heard of is 501, one that this resource does not have is 405.
  if (!methods.has(method) && !served.includes(method)) {
    return new Refusal("not_implemented", { status: 501, title: "The method is not implemented" });
  }
  const allowed = served.includes("GET") && !served.includes("HEAD") ? [...served, "HEAD"] : served;
  // RFC 9110, 15.5.6: Allow is required.
  const headers = ["Allow", [...allowed].sort().join(", ")];
  return new Refusal("method_not_allowed", { status: 405, title: "The method is not allowed", headers });
}
