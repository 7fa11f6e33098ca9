package dev.lateen.model.validate;

import java.util.Set;

/// Istio's rules for a `trafficPolicy`. Thread: any.
final class TrafficPolicyRules {
    private static final String[] PORT_FIELDS = {"loadBalancer", "connectionPool", "outlierDetection", "tls"};

    private TrafficPolicyRules() {}

    static void check(View policy) {
        boolean any = policy.hasAny(PORT_FIELDS)
                || policy.hasAny("tunnel", "proxyProtocol", "retryBudget")
                || policy.size("portLevelSettings") > 0;
        if (!any) {
            policy.report().error(policy.spot(), "missing-required", "traffic policy is empty");
        }
        common(policy);
        for (View port : policy.objects("portLevelSettings")) {
            portLevel(port);
        }
        policy.object("tunnel").ifPresent(TrafficPolicyRules::tunnel);
        policy.object("retryBudget").ifPresent(TrafficPolicyRules::retryBudget);
        if (policy.has("tunnel") && policy.has("proxyProtocol")) {
            policy.error("proxyProtocol", "conflict", "tunnel and proxyProtocol exclude each other");
        }
    }

    private static void common(View policy) {
        policy.object("outlierDetection").ifPresent(TrafficPolicyRules::outlierDetection);
        policy.object("connectionPool").ifPresent(ConnectionPoolRules::check);
        boolean ejects = policy.has("outlierDetection");
        policy.object("loadBalancer").ifPresent(balancer -> LoadBalancerRules.check(balancer, ejects));
        policy.object("tls").ifPresent(ClientTlsRules::check);
    }

    private static void portLevel(View port) {
        if (!port.has("port")) {
            port.error("port", "missing-required", "settings of a port need the port", "port: {number: …}");
        }
        port.object("port").ifPresent(selector -> Checks.port(selector, "number"));
        if (!port.hasAny(PORT_FIELDS)) {
            port.report().error(port.spot(), "missing-required", "settings of the port are empty");
        }
        common(port);
    }

    static void outlierDetection(View detection) {
        Checks.duration(detection, "interval", "baseEjectionTime");
        boolean split = detection.flag("splitExternalLocalOriginErrors");
        if (detection.number("consecutiveLocalOriginFailures") > 0 && !split) {
            detection.error(
                    "consecutiveLocalOriginFailures",
                    "conflict",
                    "needs splitExternalLocalOriginErrors: true",
                    "splitExternalLocalOriginErrors: true beside it");
        }
        if (detection.number("consecutiveErrors") != 0) {
            detection.warning(
                    "consecutiveErrors",
                    "deprecated",
                    "consecutiveErrors is deprecated",
                    "use consecutiveGatewayErrors or consecutive5xxErrors");
        }
        Checks.percentInteger(detection, "maxEjectionPercent");
        Checks.percentInteger(detection, "minHealthPercent");
    }

    private static void tunnel(View tunnel) {
        if (tunnel.filled("protocol") && !Set.of("CONNECT", "POST").contains(tunnel.text("protocol"))) {
            tunnel.error("protocol", "bad-enum-value", "not a method to tunnel with", "CONNECT or POST");
        }
        String host = tunnel.text("targetHost");
        if (!HostNames.faultOfFqdn(host).isEmpty() && !IpAddresses.isAddress(host)) {
            tunnel.error("targetHost", "bad-host", "neither a host name nor an IP address");
        }
        Checks.port(tunnel, "targetPort");
    }

    private static void retryBudget(View budget) {
        double percent = budget.decimal("percent");
        if (percent < 0 || percent > 100) {
            budget.error("percent", "out-of-range", "not a percentage", "0 to 100");
        }
        Checks.duration(budget, "budgetInterval");
    }
}
