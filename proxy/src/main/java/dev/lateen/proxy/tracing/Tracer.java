package dev.lateen.proxy.tracing;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.collector.Reporter;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tracing.TraceContext.Sampled;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Traces the requests of one connection manager on one event loop: finds their context or begins one, tells the next
/// hop, and records a span where the request is sampled.
///
/// Source: Envoy, "Tracing". Thread: its event loop.
public final class Tracer {
    private static final String OPERATION = "x-envoy-decorator-operation";
    private static final long MICROS = TimeUnit.MILLISECONDS.toMicros(1);

    private final TracingConfig config;
    private final Sampler sampler;
    private final SpanTags tags;
    private final Reporter<Span> reporter;
    private final SplittableRandom random = new SplittableRandom();
    private final Propagation.Form form;
    private final boolean longIds;
    private final boolean shared;

    /// @param node id of ours
    public Tracer(TracingConfig config, String node, Reporter<Span> reporter) {
        this.config = config;
        this.sampler = new Sampler(config.sampling());
        this.tags = new SpanTags(config, node);
        this.reporter = reporter;
        switch (config.collector()) {
            case Collector.Zipkin zipkin -> {
                form = Propagation.Form.B3_FIRST;
                longIds = zipkin.longIds();
                shared = zipkin.sharedContext();
            }
            case Collector.OpenTelemetry _ -> {
                form = Propagation.Form.W3C_FIRST;
                longIds = true;
                shared = false;
            }
        }
    }

    /// A request has found its route. Its head tells the next hop of the trace from now on.
    ///
    /// @param operation of the route; empty: none
    /// @param propagates whether the next hop's span gets this name too
    /// @return null where the request is not sampled
    public @Nullable Span start(
            RequestHead head, StreamInfo info, boolean inbound, String operation, boolean propagates) {
        Headers headers = head.headers();
        boolean chosen = sampler.decide(headers, random.nextLong());
        TraceContext above = Propagation.read(headers, form);
        boolean server = inbound || config.upstreamSpan();
        TraceContext context =
                above == null ? begin(Propagation.decision(headers), chosen) : below(above, server, chosen);
        info.traceId =
                config.propagates() ? Propagation.write(headers, context, above != null) : Propagation.trace(context);
        info.traceSampled = context.sampled() == Sampled.YES;
        String name = name(head, inbound, operation, propagates);
        if (context.sampled() != Sampled.YES) {
            return null;
        }
        return new Span(
                context,
                server ? Span.Kind.SERVER : Span.Kind.CLIENT,
                name,
                info.startEpochMillis * MICROS,
                info.startNanos);
    }

    private TraceContext begin(Sampled asked, boolean chosen) {
        Sampled sampled = asked == Sampled.UNDECIDED ? (chosen ? Sampled.YES : Sampled.NO) : asked;
        return new TraceContext(longIds ? id() : 0, id(), id(), 0, sampled);
    }

    private TraceContext below(TraceContext above, boolean server, boolean chosen) {
        TraceContext context = shared && server ? above : above.child(id());
        return context.sampled() == Sampled.UNDECIDED ? context.decided(chosen) : context;
    }

    private long id() {
        long id = random.nextLong();
        return id == 0 ? 1 : id;
    }

    /// Whoever sends knows best what it wants: its name for the call is that of our span too.
    private static String name(RequestHead head, boolean inbound, String operation, boolean propagates) {
        Headers headers = head.headers();
        if (inbound) {
            String told = headers.get(OPERATION);
            if (told != null) {
                headers.remove(OPERATION);
                return told;
            }
            return operation.isEmpty() ? "ingress" : operation;
        }
        if (operation.isEmpty()) {
            return "egress " + head.authority();
        }
        if (propagates) {
            headers.set(OPERATION, operation);
        }
        return operation;
    }

    /// The request is over.
    public void end(Span span, StreamInfo info) {
        tags.ofRequest(span, info);
        boolean server = span.kind() == Span.Kind.SERVER;
        var local = server || info.upstreamLocal == null ? info.downstreamLocal : info.upstreamLocal;
        span.end(info.endNanos, local == null ? null : Addresses.host(local));
        reporter.report(span);
    }

    /// An attempt to forward begins, with a span of its own where they are wanted.
    public @Nullable Span startAttempt(@Nullable Span request, RequestHead head, StreamInfo info) {
        if (request == null || !config.upstreamSpan()) {
            return null;
        }
        TraceContext context = request.context().child(id());
        if (config.propagates()) {
            Propagation.write(head.headers(), context, true);
        }
        return new Span(
                context,
                Span.Kind.CLIENT,
                "router " + info.clusterName + " egress",
                System.currentTimeMillis() * MICROS,
                System.nanoTime());
    }

    /// @param status of the response, or 0 where there is none
    public void endAttempt(Span span, StreamInfo info, int status) {
        tags.ofAttempt(span, info, status);
        span.end(System.nanoTime(), info.upstreamLocal == null ? null : Addresses.host(info.upstreamLocal));
        reporter.report(span);
    }
}
