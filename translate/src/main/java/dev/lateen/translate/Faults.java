package dev.lateen.translate;

import dev.lateen.model.istio.HttpRoute.Abort;
import dev.lateen.model.istio.HttpRoute.Delay;
import dev.lateen.model.istio.HttpRoute.Fault;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Faults that a route injects on purpose.
final class Faults {
    private static final List<String> GRPC_CODES = List.of(
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED");

    private Faults() {}

    /// A delay without its length and an abort without a status are none; Envoy would refuse them, and the whole table.
    static void apply(Route.Builder route, Fault from) {
        HTTPFault.Builder to = HTTPFault.newBuilder();
        from.delay().flatMap(Faults::delay).ifPresent(to::setDelay);
        from.abort().flatMap(Faults::abort).ifPresent(to::setAbort);
        if (to.hasDelay() || to.hasAbort()) {
            route.putTypedPerFilterConfig("envoy.filters.http.fault", Protos.any(to.build()));
        }
    }

    private static Optional<FaultDelay> delay(Delay from) {
        return from.fixed()
                .filter(Duration::isPositive)
                .map(length -> FaultDelay.newBuilder()
                        .setFixedDelay(Protos.duration(length))
                        .setPercentage(HttpRoutes.fraction(from.percentage()))
                        .build());
    }

    private static Optional<FaultAbort> abort(Abort from) {
        if (from.httpStatus().isEmpty() && from.grpcStatus().isEmpty()) {
            return Optional.empty();
        }
        FaultAbort.Builder to = FaultAbort.newBuilder().setPercentage(HttpRoutes.fraction(from.percentage()));
        from.httpStatus().ifPresent(to::setHttpStatus);
        from.grpcStatus().ifPresent(code -> to.setGrpcStatus(grpcCode(code)));
        return Optional.of(to.build());
    }

    private static int grpcCode(String text) {
        int known = GRPC_CODES.indexOf(text);
        if (known >= 0) {
            return known;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            return GRPC_CODES.indexOf("UNKNOWN");
        }
    }
}
