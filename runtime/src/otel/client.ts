import {
  type Attributes,
  context,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { endOf, withHeaders } from "#ending";
import { at } from "../client/chain.js";
import type { ClientCall, Incoming, Interceptor, Placed } from "../client/contract.js";
import { Failure } from "../client/failure.js";
import { duration, knownMethod, scope, serverOf, traceOfSpan } from "./conventions.js";

/** Options of `callTelemetry`. */
export interface CallTelemetryOptions {
  /** Default: of the provider that the process has registered. */
  readonly tracer?: Tracer;
  /** Default: likewise. */
  readonly meter?: Meter;
  /** Whether the API is told of the trace (W3C Trace Context). Nobody else is, and of baggage nobody. Default: yes. */
  readonly propagate?: boolean;
}

/** A call under way: its own span, and how many requests were sent for it. */
interface Going {
  readonly span: Span;
  sent: number;
}

/**
 * A span a call, in it a span a request that is sent, and the metrics of a client, by OpenTelemetry's conventions of HTTP:
 * `createClient({ interceptors: [...callTelemetry()] })`. Paths are templates, and no value of a call is an attribute.
 */
export function callTelemetry(options: CallTelemetryOptions = {}): readonly Placed[] {
  const tracer = options.tracer ?? trace.getTracer(scope);
  const seconds = (options.meter ?? metrics.getMeter(scope)).createHistogram("http.client.request.duration", {
    ...duration,
    description: "Duration of HTTP client requests.",
  });
  const calls = new WeakMap<object, Going>();
  const whole: Interceptor = (next) => (call) => {
    const { id, policy } = call.operation;
    const attributes = { "sallyport.operation": id, "url.template": policy.path };
    const span = tracer.startSpan(id, { kind: SpanKind.INTERNAL, attributes });
    const going = { span, sent: 0 };
    calls.set(keyOf(call), going);
    return inSpan(span, call, () => next(call)).finally(() =>
      span.setAttribute("sallyport.requests", going.sent).end(),
    );
  };
  const single: Interceptor = (next) => (call) => {
    const going = calls.get(keyOf(call));
    const attributes = attributesOf(call);
    const resent = going === undefined || going.sent === 0 ? {} : { "http.request.resend_count": going.sent };
    if (going !== undefined) going.sent += 1;
    const outer = going === undefined ? context.active() : trace.setSpan(context.active(), going.span);
    const { path } = call.operation.policy;
    const names = { "url.template": path, "url.full": new URL(call.outgoing.url).origin, ...resent };
    const span = tracer.startSpan(
      `${attributes["http.request.method"]} ${path}`,
      { kind: SpanKind.CLIENT, attributes: { ...attributes, ...names } },
      outer,
    );
    const start = performance.now();
    const told = options.propagate === false ? call : tell(call, span);
    return inSpan(
      span,
      call,
      () => next(told),
      (outcome) => {
        seconds.record((performance.now() - start) / 1_000, { ...attributes, ...outcome });
      },
    ).finally(() => span.end());
  };
  return [at("call", whole), at("wire", single)];
}

/** What of a call stays the same from its first step to its last. */
function keyOf({ outgoing }: ClientCall): object {
  return outgoing.ending ?? outgoing.signal;
}

function attributesOf({ operation: { policy }, outgoing }: ClientCall) {
  const { origin, protocol } = new URL(outgoing.url);
  return {
    "http.request.method": knownMethod(policy.method),
    "url.scheme": protocol.slice(0, -1),
    ...serverOf(origin),
  };
}

/** Sends in a span's context, and tells the span how it ended. */
async function inSpan(
  span: Span,
  { outgoing }: ClientCall,
  send: () => Promise<Incoming>,
  tell: (outcome: Attributes) => void = () => {},
): Promise<Incoming> {
  const note = (outcome: Attributes) => {
    span.setAttributes(outcome);
    if ("error.type" in outcome) span.setStatus({ code: SpanStatusCode.ERROR });
    tell(outcome);
  };
  try {
    const incoming = await context.with(trace.setSpan(context.active(), span), send);
    const { status } = incoming;
    note({ "http.response.status_code": status, ...(status < 400 ? {} : { "error.type": String(status) }) });
    return incoming;
  } catch (thrown) {
    // Transports reject in words of their own when the call ends.
    const cause = endOf(outgoing) ?? thrown;
    note({ "error.type": cause instanceof Failure ? cause.code : "_OTHER" });
    throw thrown;
  }
}

function tell(call: ClientCall, span: Span): ClientCall {
  const { headers } = traceOfSpan(span.spanContext());
  return { ...call, outgoing: withHeaders(call.outgoing, { ...call.outgoing.headers, ...headers }) };
}
