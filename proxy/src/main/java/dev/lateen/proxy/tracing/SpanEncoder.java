package dev.lateen.proxy.tracing;

import dev.lateen.proxy.collector.ReportEncoder;
import dev.lateen.proxy.tracing.TracingConfig.Collector;

/// The form in which a collector takes spans. Thread: any (immutable).
sealed interface SpanEncoder extends ReportEncoder<Span> permits ZipkinEncoder, OtlpEncoder {
    static SpanEncoder of(Collector collector, String serviceCluster) {
        return switch (collector) {
            case Collector.Zipkin zipkin -> new ZipkinEncoder(zipkin, serviceCluster);
            case Collector.OpenTelemetry otel -> new OtlpEncoder(otel, serviceCluster);
        };
    }
}
