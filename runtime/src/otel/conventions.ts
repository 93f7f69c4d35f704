import type { MetricOptions, SpanContext } from "@opentelemetry/api";
import { isSpanContextValid } from "@opentelemetry/api";
import { noTrace, type Trace, traceOf } from "../observe/trace.js";

/** What spans and metrics are told to be of. */
export const scope = "@sallyport/runtime";

/** The histograms of durations: in seconds, with the boundaries that the conventions advise. */
export const duration: MetricOptions = {
  unit: "s",
  advice: {
    explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
};

const methods = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"]);

/** A method as attributes hold it: one that nobody has heard of would be a time series of its own. */
export function knownMethod(method: string): string {
  return methods.has(method) ? method : "_OTHER";
}

/** Where a server is, of an origin. */
export function serverOf(origin: string): { readonly "server.address": string; readonly "server.port": number } {
  const { hostname, port, protocol } = new URL(origin);
  const usual = protocol === "https:" ? 443 : 80;
  return { "server.address": hostname, "server.port": port === "" ? usual : Number(port) };
}

/** The trace of a span; none where nobody makes spans. */
export function traceOfSpan(span: SpanContext): Trace {
  if (!isSpanContextValid(span)) return noTrace;
  const { traceId: id, spanId, traceFlags: flags, traceState } = span;
  const state = traceState?.serialize();
  return traceOf({ id, spanId, flags, state: state === "" ? undefined : state });
}
