package dev.lateen.translate;

import dev.lateen.model.istio.HttpRoute.Fault;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.util.List;

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

    static void apply(Route.Builder route, Fault from) {
        HTTPFault.Builder to = HTTPFault.newBuilder();
        from.delay()
                .ifPresent(delay -> to.setDelay(FaultDelay.newBuilder()
                        .setFixedDelay(delay.fixed().map(Protos::duration).orElse(Protos.ZERO))
                        .setPercentage(HttpRoutes.fraction(delay.percentage()))));
        from.abort().ifPresent(abort -> {
            FaultAbort.Builder fault = FaultAbort.newBuilder().setPercentage(HttpRoutes.fraction(abort.percentage()));
            abort.httpStatus().ifPresent(fault::setHttpStatus);
            abort.grpcStatus().ifPresent(code -> fault.setGrpcStatus(grpcCode(code)));
            to.setAbort(fault);
        });
        route.putTypedPerFilterConfig("envoy.filters.http.fault", Protos.any(to.build()));
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
