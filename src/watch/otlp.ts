import { type Context, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Config } from "../config.ts";
import type { Tracer } from "./trace.ts";

const SCOPE = "rekindle";
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

/** Sends spans by OTLP over HTTP; a collector that is away costs spans and nothing else. */
export function openTracer(
  process: string,
  schema: string,
  { url, ratio }: NonNullable<Config["traces"]>,
): { tracer: Tracer; close(): Promise<void> } {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": `rekindle-${process}`, "service.namespace": schema }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: 5_000 }),
        maxQueueSize: 8_192,
        scheduledDelayMillis: 1_000,
      }),
    ],
  });
  const otel = provider.getTracer(SCOPE);
  return {
    tracer(name, { parent, attributes, kind }) {
      const began = otel.startSpan(
        name,
        { ...(attributes && { attributes }), kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind] },
        contextOf(parent),
      );
      const { traceId, spanId, traceFlags } = began.spanContext();
      if ((traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
      return {
        trace: `00-${traceId}-${spanId}-01`,
        end(more = {}) {
          began.setAttributes(more).end();
        },
      };
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Where the parent stands; what is no traceparent begins a trace of its own. */
function contextOf(parent: string | null | undefined): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags!, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  });
}
