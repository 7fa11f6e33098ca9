package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.stream.ResponseFlag;
import org.jspecify.annotations.Nullable;

/// Delays and aborts requests on purpose; the route's settings take the place of the chain's.
///
/// Source: Envoy's fault filter. Thread: event loop of the request.
final class FaultFilter implements RequestFilter {
    private final String name;
    private final FilterConfig.Fault own;

    FaultFilter(String name, FilterConfig.Fault own) {
        this.name = name;
        this.own = own;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        FilterConfig.Fault fault = fault(exchange);
        if (fault == null || !matches(fault, exchange)) {
            return Verdict.CONTINUE;
        }
        if (fault.delayNanos() > 0 && drawn(fault.delayShare(), exchange.nextRandom())) {
            exchange.info().flag(ResponseFlag.DELAY_INJECTED);
            exchange.info().evidence().note("fault", "delay of " + fault.delayNanos() / 1_000_000 + " ms");
            exchange.after(fault.delayNanos(), () -> {
                if (!aborts(fault, exchange)) {
                    exchange.resume();
                }
            });
            return Verdict.STOP;
        }
        return aborts(fault, exchange) ? Verdict.STOP : Verdict.CONTINUE;
    }

    private FilterConfig.@Nullable Fault fault(Exchange exchange) {
        Object override = exchange.override(name);
        if (override == null) {
            return own;
        }
        return override instanceof FilterConfig.Fault fault ? fault : null;
    }

    private static boolean matches(FilterConfig.Fault fault, Exchange exchange) {
        for (HeaderMatcher matcher : fault.headers()) {
            if (!matcher.matches(exchange.head())) {
                return false;
            }
        }
        return true;
    }

    /// True where the request was answered.
    private static boolean aborts(FilterConfig.Fault fault, Exchange exchange) {
        boolean grpc = fault.abortGrpcStatus() >= 0;
        if ((fault.abortStatus() == 0 && !grpc) || !drawn(fault.abortShare(), exchange.nextRandom())) {
            return false;
        }
        exchange.info()
                .evidence()
                .note(
                        "fault",
                        grpc
                                ? "abort with gRPC status " + fault.abortGrpcStatus()
                                : "abort with " + fault.abortStatus());
        LocalReply reply = LocalReply.of(
                grpc ? 200 : fault.abortStatus(),
                "fault filter abort",
                ResponseFlag.FAULT_INJECTED,
                "fault_filter_abort");
        exchange.reply(grpc ? reply.withGrpcStatus(fault.abortGrpcStatus()) : reply);
        return true;
    }

    static boolean drawn(Fraction share, long random) {
        return (random >>> 1) % share.denominator() < share.numerator();
    }
}
