import {
  type Attributes,
  type Context,
  context,
  createTraceState,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { originOf } from "../http/origin.js";
import { clean } from "../observe/clean.js";
import type { Arrival, Departure, GuardWatch, Observer } from "../observe/observer.js";
import type { Trace } from "../observe/trace.js";
import { duration, knownMethod, scope, serverOf, traceOfSpan } from "./conventions.js";

/** Options of `telemetry`. */
export interface TelemetryOptions {
  /** Default: of the provider that the process has registered. */
  readonly tracer?: Tracer;
  /** Default: likewise. */
  readonly meter?: Meter;
  /**
   * What becomes of the trace that a caller says its call belongs to. `joined`, where absent: the span is a part of it. `linked`: the span begins a
   * trace of its own and links to the caller's, for servers whose callers are strangers, and should not decide what is sampled.
   */
  readonly callers?: "joined" | "linked";
  /** Whether each guard, and the handler, has a span of its own inside of the request's. Default: no. */
  readonly guards?: boolean;
}

/**
 * A span a request and the metrics of a server, by OpenTelemetry's conventions of HTTP: `createApi({ observers: [telemetry()] })`. Handlers run in the
 * span's context. Paths are templates, and nothing that a caller sent is an attribute but its method and the host it asked for.
 */
export function telemetry(options: TelemetryOptions = {}): Observer {
  const tracer = options.tracer ?? trace.getTracer(scope);
  const measure = measuring(options.meter ?? metrics.getMeter(scope));
  return {
    ...(options.guards === true ? { guards: true } : {}),
    begin: (arrival) => {
      const { span, around } = open(tracer, arrival, options.callers === "linked");
      const own = traceOfSpan(span.spanContext());
      return {
        ...(own.id === undefined ? {} : { trace: own }),
        within: (run) => context.with(around, run),
        // What is not sampled has no parts.
        guard: (name) => (span.isRecording() ? openGuard(tracer, name, around) : undefined),
        end: (departure) => {
          measure(departure);
          close(span, departure);
        },
      };
    },
  };
}

function open(tracer: Tracer, arrival: Arrival, links: boolean): { readonly span: Span; readonly around: Context } {
  const { exchange } = arrival;
  const attributes = { "http.request.method": knownMethod(exchange.method), "url.scheme": schemeOf(arrival) };
  const active = context.active();
  // Where something outside of us makes the spans of servers already, ours is inside of it.
  const remote = trace.getSpan(active) === undefined ? remoteOf(arrival.trace) : undefined;
  const kind = trace.getSpan(active) === undefined ? SpanKind.SERVER : SpanKind.INTERNAL;
  const joined = remote === undefined || links ? active : trace.setSpanContext(active, remote);
  const linked = remote !== undefined && links ? { links: [{ context: remote }] } : {};
  const span = tracer.startSpan(attributes["http.request.method"], { kind, attributes, ...linked }, joined);
  return { span, around: trace.setSpan(joined, span) };
}

/** Of a guard nothing is told but its name, and the code that it refused with. */
function openGuard(tracer: Tracer, name: string, outer: Context): GuardWatch {
  const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes: { "sallyport.guard": name } }, outer);
  const own = trace.setSpan(outer, span);
  return {
    within: (run) => context.with(own, run),
    end: (refusal) => {
      if (refusal !== undefined) span.setAttribute("sallyport.refusal", refusal.code);
      if (refusal !== undefined && refusal.status >= 500)
        span.setAttribute("error.type", String(refusal.status)).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function remoteOf({ id, spanId, sampled, headers: { tracestate } }: Trace) {
  if (id === undefined || spanId === undefined) return undefined;
  const state = tracestate === undefined ? {} : { traceState: createTraceState(tracestate) };
  return { traceId: id, spanId, traceFlags: sampled ? 1 : 0, isRemote: true, ...state };
}

function schemeOf({ exchange }: Arrival): string {
  return exchange.tls === undefined ? "http" : "https";
}

/** What spans and histograms say alike. */
function outcomeOf({ status, route }: Departure): Attributes {
  return {
    "http.response.status_code": status,
    ...(route === undefined ? {} : { "http.route": route }),
    // A caller's mistake is no error of the server's.
    ...(status >= 500 ? { "error.type": String(status) } : {}),
  };
}

function close(span: Span, departure: Departure): void {
  const { exchange, status, route, operation, refusal, requestId } = departure;
  if (span.isRecording()) {
    const method = knownMethod(exchange.method);
    if (route !== undefined) span.updateName(`${method} ${route}`);
    const origin = originOf(exchange, undefined);
    span.setAttributes({
      ...outcomeOf(departure),
      ...(method === "_OTHER" ? { "http.request.method_original": clean(exchange.method, 32) } : {}),
      ...(origin === undefined ? {} : serverOf(origin)),
      ...(operation === undefined ? {} : { "sallyport.operation": operation }),
      ...(refusal === undefined ? {} : { "sallyport.refusal": refusal.code }),
      "sallyport.request_id": requestId,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** The instruments of a server, and what is measured of a call. */
function measuring(meter: Meter): (departure: Departure) => void {
  const seconds = meter.createHistogram("http.server.request.duration", {
    ...duration,
    description: "Duration of HTTP server requests.",
  });
  const counter = (name: string, description: string) =>
    meter.createCounter(`sallyport.server.${name}`, { unit: "{request}", description });
  const refused = counter("refused", "Requests that were refused, by the code of the refusal.");
  const limited = counter("limited", "Requests that were refused by a limit, by its name.");
  const deprecated = counter("deprecated", "Requests of deprecated operations.");
  return (departure) => {
    const { exchange, refusal, policy, operation } = departure;
    seconds.record(departure.duration / 1_000, {
      "http.request.method": knownMethod(exchange.method),
      "url.scheme": schemeOf(departure),
      ...outcomeOf(departure),
    });
    const of = operation === undefined ? {} : { "sallyport.operation": operation };
    if (refusal !== undefined) refused.add(1, { "sallyport.refusal": refusal.code, ...of });
    for (const limit of limitsOf(departure)) limited.add(1, { "sallyport.limit": limit, ...of });
    if (policy?.lifecycle !== undefined) deprecated.add(1, of);
  };
}

/** The names of the limits that had no room (draft-ietf-httpapi-ratelimit-headers, `violated-policies`). */
function limitsOf({ refusal }: Departure): readonly string[] {
  const named: unknown = refusal?.code === "rate_limited" ? refusal.extensions["violated-policies"] : undefined;
  return Array.isArray(named) ? named.filter((one) => typeof one === "string") : [];
}
