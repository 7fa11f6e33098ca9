package dev.lateen.model.validate;

/// Istio's rules for a `destination` of any route. Thread: any.
final class DestinationRules {
    private DestinationRules() {}

    /// The destination in the named field, which must be there.
    static void require(View route, String field, boolean fromGatewayApi) {
        if (route.has(field)) {
            route.object(field).ifPresent(destination -> check(destination, fromGatewayApi));
        } else {
            route.error(field, "missing-required", "route has no destination");
        }
    }

    static void check(View destination, boolean fromGatewayApi) {
        if (fromGatewayApi) {
            return;
        }
        Spot host = destination.spot("host");
        if (host.value().equals("*")) {
            destination.error("host", "bad-host", "traffic cannot be sent to '*'", "a host name");
        } else {
            Checks.wildcardHost(destination.report(), host);
        }
        if (destination.filled("subset")) {
            subsetName(destination, "subset");
        }
        destination.object("port").ifPresent(port -> Checks.port(port, "number"));
    }

    static void subsetName(View view, String field) {
        if (!HostNames.isLabel(view.text(field))) {
            view.error(field, "bad-format", "not a valid subset name", "letters, digits and - , at most 63");
        }
    }
}
