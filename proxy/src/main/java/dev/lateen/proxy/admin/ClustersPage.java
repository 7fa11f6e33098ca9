package dev.lateen.proxy.admin;

import dev.lateen.proxy.cluster.CircuitBreakers;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.cluster.Discovery;
import dev.lateen.proxy.cluster.EndpointConfig;
import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.cluster.LocalityName;
import dev.lateen.proxy.stream.Addresses;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `/clusters`: every cluster with its hosts and what they did, as text or as `envoy.admin.v3.Clusters`.
final class ClustersPage {
    private ClustersPage() {}

    private static List<Cluster> sorted(Clusters clusters) {
        return clusters.all().stream()
                .sorted(Comparator.comparing(Cluster::name))
                .toList();
    }

    private static List<Host> sorted(Cluster cluster) {
        return cluster.hosts().stream()
                .sorted(Comparator.comparing(host -> Addresses.text(host.address())))
                .toList();
    }

    static String text(Clusters clusters) {
        StringBuilder out = new StringBuilder();
        for (Cluster cluster : sorted(clusters)) {
            line(out, cluster.name(), "observability_name", cluster.config().statName());
            thresholds(
                    out,
                    cluster.name(),
                    "default_priority",
                    cluster.config().breakers().standard());
            thresholds(
                    out,
                    cluster.name(),
                    "high_priority",
                    cluster.config().breakers().high());
            if (cluster.config().discovery() instanceof Discovery.Eds(String service)) {
                line(out, cluster.name(), "eds_service_name", service);
            }
            for (Host host : sorted(cluster)) {
                String prefix = cluster.name() + "::" + Addresses.text(host.address());
                numbers(host).forEach((name, value) -> line(out, prefix, name, value));
                LocalityName locality = host.locality();
                line(out, prefix, "hostname", host.config().hostname());
                line(out, prefix, "health_flags", healthFlags(host));
                line(out, prefix, "weight", host.config().weight());
                line(out, prefix, "region", locality.region());
                line(out, prefix, "zone", locality.zone());
                line(out, prefix, "sub_zone", locality.subZone());
                line(out, prefix, "priority", host.priority());
            }
        }
        return out.toString();
    }

    private static void thresholds(StringBuilder out, String name, String priority, CircuitBreakers.Thresholds limits) {
        String prefix = name + "::" + priority;
        line(out, prefix, "max_connections", limits.maxConnections());
        line(out, prefix, "max_pending_requests", limits.maxPendingRequests());
        line(out, prefix, "max_requests", limits.maxRequests());
        line(out, prefix, "max_retries", limits.maxRetries());
    }

    private static void line(StringBuilder out, String prefix, String name, Object value) {
        out.append(prefix).append("::").append(name).append("::").append(value).append('\n');
    }

    private static Map<String, Long> numbers(Host host) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("cx_active", host.stats().connectionsActive.get());
        numbers.put("cx_connect_fail", host.stats().connectFailures.get());
        numbers.put("cx_total", host.stats().connectionsTotal.get());
        numbers.put("rq_active", (long) host.activeRequests());
        numbers.put("rq_error", host.stats().requestErrors.get());
        numbers.put("rq_success", host.stats().requestSuccesses.get());
        numbers.put("rq_timeout", host.stats().requestTimeouts.get());
        numbers.put("rq_total", host.stats().requestsTotal.get());
        return numbers;
    }

    private static String healthFlags(Host host) {
        StringBuilder flags = new StringBuilder();
        if (host.checked().failed()) {
            flags.append("/failed_active_hc");
        }
        if (host.ejected()) {
            flags.append("/failed_outlier_check");
        }
        switch (host.config().health()) {
            case HEALTHY -> {}
            case DEGRADED -> flags.append("/degraded_eds_health");
            case UNHEALTHY -> flags.append("/failed_eds_health");
            case DRAINING -> flags.append("/eds_status_draining");
        }
        if (host.checked().degraded()) {
            flags.append("/degraded_active_hc");
        }
        if (host.pendingRemoval()) {
            flags.append("/pending_dynamic_removal");
        }
        if (host.checked().timedOut()) {
            flags.append("/active_hc_timeout");
        }
        return flags.isEmpty() ? "healthy" : flags.toString();
    }

    static String json(Clusters clusters) {
        JsonOut json = new JsonOut().object().array("cluster_statuses");
        for (Cluster cluster : sorted(clusters)) {
            json.object().text("name", cluster.name()).bool("added_via_api", true);
            json.array("host_statuses");
            sorted(cluster).forEach(host -> host(json, host));
            json.end();
            json.object("circuit_breakers").array("thresholds");
            thresholds(json, "DEFAULT", cluster.config().breakers().standard());
            thresholds(json, "HIGH", cluster.config().breakers().high());
            json.end().end();
            json.text("observability_name", cluster.config().statName());
            if (cluster.config().discovery() instanceof Discovery.Eds(String service)) {
                json.text("eds_service_name", service);
            }
            json.end();
        }
        return json.end().end().toString();
    }

    private static void thresholds(JsonOut json, String priority, CircuitBreakers.Thresholds limits) {
        json.object()
                .text("priority", priority)
                .number("max_connections", limits.maxConnections())
                .number("max_pending_requests", limits.maxPendingRequests())
                .number("max_requests", limits.maxRequests())
                .number("max_retries", limits.maxRetries())
                .end();
    }

    private static void host(JsonOut json, Host host) {
        json.object().address("address", host.address()).array("stats");
        numbers(host)
                .forEach((name, value) -> json.object()
                        .text("name", name)
                        .text("value", Long.toString(value))
                        .text("type", name.endsWith("_active") ? "GAUGE" : "COUNTER")
                        .end());
        json.end()
                .object("health_status")
                .text("eds_health_status", edsHealth(host.config().health()));
        if (host.checked().failed()) {
            json.bool("failed_active_health_check", true);
        }
        if (host.ejected()) {
            json.bool("failed_outlier_check", true);
        }
        if (host.checked().degraded()) {
            json.bool("failed_active_degraded_check", true);
        }
        if (host.pendingRemoval()) {
            json.bool("pending_dynamic_removal", true);
        }
        if (host.checked().timedOut()) {
            json.bool("active_hc_timeout", true);
        }
        json.end().number("weight", host.config().weight()).number("priority", host.priority());
        if (!host.config().hostname().isEmpty()) {
            json.text("hostname", host.config().hostname());
        }
        json.object("locality")
                .text("region", host.locality().region())
                .text("zone", host.locality().zone())
                .text("sub_zone", host.locality().subZone())
                .end();
        json.end();
    }

    private static String edsHealth(EndpointConfig.Health health) {
        return health.name();
    }
}
