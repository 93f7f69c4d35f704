import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

/** Contexts that follow asynchronous calls, as the SDK for Node has them. */
class Contexts implements ContextManager {
  readonly #store = new AsyncLocalStorage<Context>();
  active = () => this.#store.getStore() ?? ROOT_CONTEXT;
  with: ContextManager["with"] = (one, run, self, ...args) =>
    this.#store.run(one, () => run.call(self as never, ...args));
  bind: ContextManager["bind"] = (_, target) => target;
  enable = () => this;
  disable = () => this;
}

/** An SDK that keeps in memory what it is told. Nothing is registered but the contexts: `stop` ends that. */
export function startTelemetry() {
  context.setGlobalContextManager(new Contexts());
  const spans = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  return {
    options: { tracer: provider.getTracer("test"), meter: meters.getMeter("test") },
    spans: () => spans.getFinishedSpans(),
    /** The data points of a metric: its attributes, and its count. */
    points: async (name: string) => {
      await reader.forceFlush();
      const all =
        metrics
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((one) => one.metrics) ?? [];
      const found = all.find(({ descriptor }) => descriptor.name === name);
      return (found?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
    },
    metric: async (name: string) => {
      await reader.forceFlush();
      const all =
        metrics
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((one) => one.metrics) ?? [];
      return all.find(({ descriptor }) => descriptor.name === name) as HistogramMetricData | undefined;
    },
    stop: async () => {
      context.disable();
      trace.disable();
      await meters.shutdown();
    },
  };
}
