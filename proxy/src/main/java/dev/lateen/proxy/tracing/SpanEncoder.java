package dev.lateen.proxy.tracing;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import java.util.List;

/// The form in which a collector takes spans. Thread: any (immutable).
sealed interface SpanEncoder permits ZipkinEncoder, OtlpEncoder {
    /// Of a new request.
    RequestHead head();

    byte[] body(List<Span> spans);

    boolean isTaken(int status, Headers headers, byte[] body);

    static SpanEncoder of(Collector collector, String serviceCluster) {
        return switch (collector) {
            case Collector.Zipkin zipkin -> new ZipkinEncoder(zipkin, serviceCluster);
            case Collector.OpenTelemetry otel -> new OtlpEncoder(otel, serviceCluster);
        };
    }
}
