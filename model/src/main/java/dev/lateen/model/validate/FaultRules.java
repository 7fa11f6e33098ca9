package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import java.util.Set;

/// Istio's rules for `VirtualService.http[].fault`. Thread: any.
final class FaultRules {
    private static final double SMALLEST_SHARE = 0.0001;
    private static final Set<String> GRPC_STATUSES = Set.of(
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "UNAUTHENTICATED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS");

    private FaultRules() {}

    static void check(View fault) {
        if (!fault.hasAny("abort", "delay")) {
            fault.report().error(fault.spot(), "missing-required", "fault has neither abort nor delay");
        }
        fault.object("abort").ifPresent(FaultRules::abort);
        fault.object("delay").ifPresent(FaultRules::delay);
    }

    private static void abort(View abort) {
        abort.object("percentage").ifPresent(FaultRules::percentage);
        if (!abort.hasAny("httpStatus", "grpcStatus", "http2Error")) {
            abort.report()
                    .warning(
                            abort.spot(),
                            "ineffective",
                            "abort says no status, so nothing is aborted",
                            "set httpStatus or grpcStatus");
        }
        if (!abort.has("percentage")) {
            noShare(abort, "abort says no percentage, so nothing is aborted");
        }
        if (abort.has("httpStatus")) {
            StatusCodes.check(abort, "httpStatus");
        }
        if (abort.has("grpcStatus") && !GRPC_STATUSES.contains(abort.text("grpcStatus"))) {
            Spot spot = abort.spot("grpcStatus");
            abort.report()
                    .add(Diagnostic.error("bad-enum-value", spot.at(), spot.path(), "not a gRPC status")
                            .withValue(spot.shownValue())
                            .withExpected("a name such as NOT_FOUND")
                            .withAdvice(Spelling.advice(spot.value(), GRPC_STATUSES)));
        }
        if (abort.has("http2Error")) {
            abort.error("http2Error", "unsupported", "HTTP/2 errors cannot be injected", "httpStatus or grpcStatus");
        }
    }

    private static void delay(View delay) {
        Checks.percentInteger(delay, "percent");
        if (!delay.hasAny("fixedDelay", "exponentialDelay")) {
            delay.report()
                    .warning(
                            delay.spot(),
                            "ineffective",
                            "delay says no duration, so nothing is delayed",
                            "set fixedDelay");
        }
        if (!delay.hasAny("percentage", "percent")) {
            noShare(delay, "delay says no percentage, so nothing is delayed");
        }
        delay.object("percentage").ifPresent(FaultRules::percentage);
        Checks.duration(delay, "fixedDelay");
        if (delay.has("exponentialDelay")) {
            delay.error("exponentialDelay", "unsupported", "exponential delays are not supported", "fixedDelay");
        }
    }

    /// Istio takes it without a word, so that it is no warning here either.
    private static void noShare(View fault, String message) {
        fault.report().info(fault.spot(), "ineffective", message, "set percentage, such as {value: 100}");
    }

    /// A share that is 0, or large enough for Envoy to express.
    static void percentage(View share) {
        double value = share.decimal("value");
        boolean tooSmall = value != 0 && value < SMALLEST_SHARE;
        if (tooSmall || value > 100) {
            share.error("value", "out-of-range", "not a percentage", "0, or " + "0.0001 to 100");
        }
    }
}
