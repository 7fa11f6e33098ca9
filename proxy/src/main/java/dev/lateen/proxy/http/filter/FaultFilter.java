package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.stream.ResponseFlag;
import org.jspecify.annotations.Nullable;

/// Delays and aborts requests on purpose; the route's settings take the place of the chain's. Where these say so,
/// requests ask for it by headers.
///
/// Limits: of numbers in headers, 9 digits.
///
/// Source: Envoy's fault filter. Thread: event loop of the request.
final class FaultFilter implements RequestFilter {
    private static final String DELAY = "x-envoy-fault-delay-request";
    private static final String DELAY_PERCENTAGE = "x-envoy-fault-delay-request-percentage";
    private static final String ABORT = "x-envoy-fault-abort-request";
    private static final String GRPC_ABORT = "x-envoy-fault-abort-grpc-request";
    private static final String ABORT_PERCENTAGE = "x-envoy-fault-abort-request-percentage";
    private static final int LEAST_STATUS = 200;
    private static final int MOST_STATUS = 599;
    private static final int MOST_DIGITS = 9;
    private static final long NANOS_PER_MILLI = 1_000_000;

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
        long delay = delayNanos(fault, exchange);
        if (delay > 0) {
            exchange.info().flag(ResponseFlag.DELAY_INJECTED);
            exchange.info().evidence().note("fault", "delay of " + delay / NANOS_PER_MILLI + " ms");
            exchange.after(delay, () -> {
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

    /// 0 for none.
    private static long delayNanos(FilterConfig.Fault fault, Exchange exchange) {
        Headers headers = exchange.head().headers();
        boolean asked = fault.delayByHeader();
        long nanos = asked ? number(headers, DELAY) * NANOS_PER_MILLI : fault.delayNanos();
        if (nanos <= 0) {
            return 0;
        }
        Fraction share = asked ? share(fault.delayShare(), headers, DELAY_PERCENTAGE) : fault.delayShare();
        return drawn(share, exchange.nextRandom()) ? nanos : 0;
    }

    /// What a header counts; negative where it does not.
    private static long number(Headers headers, String name) {
        String text = headers.get(name);
        if (text == null || text.isEmpty() || text.length() > MOST_DIGITS) {
            return -1;
        }
        for (int index = 0; index < text.length(); index++) {
            if (text.charAt(index) < '0' || text.charAt(index) > '9') {
                return -1;
            }
        }
        return Long.parseLong(text);
    }

    /// Requests may ask for a smaller share than is configured, in its measure.
    private static Fraction share(Fraction most, Headers headers, String name) {
        long wanted = number(headers, name);
        return wanted < 0 || wanted >= most.numerator() ? most : new Fraction((int) wanted, most.denominator());
    }

    private static int abortStatus(FilterConfig.Fault fault, Headers headers) {
        if (!fault.abortByHeader()) {
            return fault.abortStatus();
        }
        long asked = number(headers, ABORT);
        return asked >= LEAST_STATUS && asked <= MOST_STATUS ? (int) asked : 0;
    }

    /// True where the request was answered.
    private static boolean aborts(FilterConfig.Fault fault, Exchange exchange) {
        Headers headers = exchange.head().headers();
        boolean asked = fault.abortByHeader();
        int status = abortStatus(fault, headers);
        int grpcStatus = asked ? (int) number(headers, GRPC_ABORT) : fault.abortGrpcStatus();
        boolean grpc = status == 0 && grpcStatus >= 0;
        if (status == 0 && !grpc) {
            return false;
        }
        Fraction share = asked ? share(fault.abortShare(), headers, ABORT_PERCENTAGE) : fault.abortShare();
        if (!drawn(share, exchange.nextRandom())) {
            return false;
        }
        exchange.info()
                .evidence()
                .note("fault", grpc ? "abort with gRPC status " + grpcStatus : "abort with " + status);
        LocalReply reply = LocalReply.of(
                grpc ? 200 : status, "fault filter abort", ResponseFlag.FAULT_INJECTED, "fault_filter_abort");
        exchange.reply(grpc ? reply.withGrpcStatus(grpcStatus) : reply);
        return true;
    }

    static boolean drawn(Fraction share, long random) {
        return (random >>> 1) % share.denominator() < share.numerator();
    }
}
