import { Refusal } from "../../problem/refusal.js";
import type { Blueprint } from "../blueprint.js";
import type { Base } from "../editions.js";
import type { Destination, Place, Router } from "../router.js";
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
  bases: readonly Base[],
): Found<Steps> | Refusal | undefined {
  const { method } = received.exchange;
  const target = readTarget(received.exchange.target);
  const place = target === undefined ? undefined : placeOf(target.path, router, bases);
  if (target === undefined || place === undefined) return undefined;
  const destination = destinationOf(place, method);
  if (destination === undefined) return wrongMethod(method, [...place.methods.keys()]);
  const captured = nameAll(destination.names, place.captured);
  const { exchange, requestId, at, sighting } = received;
  const { operation, steps } = destination.data;
  const call = new CallRecord(exchange, requestId, at, sighting, operation, captured, target.query, undefined);
  call.base = place.version;
  if (sighting !== undefined) sighting.call = call;
  return { call, steps };
}

function nameAll(names: readonly string[], texts: readonly string[]): Readonly<Record<string, string>> {
  const captured: Record<string, string> = {};
  // No parameter is called __proto__: no such spec is generated from (SP123), and a value that came nowhere is missing.
  for (let at = 0; at < names.length; at++) captured[names[at] ?? ""] = texts[at] ?? "";
  return captured;
}

/** The operations at the target of a request, whatever its method. For preflights, which ask about another request. */
export function placeAt<Steps>(
  { exchange }: Pick<Received, "exchange">,
  router: Router<Destined<Steps>>,
  bases: readonly Base[],
): Place<Destined<Steps>> | undefined {
  const target = readTarget(exchange.target);
  return target === undefined ? undefined : placeOf(target.path, router, bases);
}

/** A place, and the version that stood in the path to it. */
interface Spot<T> extends Place<T> {
  readonly version: string | undefined;
}

function placeOf<T>(path: string, router: Router<T>, bases: readonly Base[]): Spot<T> | undefined {
  for (const base of bases) {
    const place = path.startsWith(base.prefix) ? router.find(path.slice(base.path.length)) : undefined;
    if (place !== undefined) return { methods: place.methods, captured: place.captured, version: base.version };
  }
  return undefined;
}

/** The operation that answers a method at a place. */
export function destinationOf<T>({ methods }: Pick<Place<T>, "methods">, method: string): Destination<T> | undefined {
  // RFC 9110, 9.3.2: HEAD is GET without the content, and so passes the guards of GET.
  return methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined);
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
