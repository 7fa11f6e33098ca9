package dev.lateen.control.debug;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.translate.TranslationNumbers;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// What the mesh is like, and what was made of it for proxies. It is counted only when somebody looks.
///
/// Thread: any.
final class MeshNumbers {
    private static final String MESH = "mesh";
    private static final String CONFLICT = "pilot_conflict_outbound_listener_";

    private final PrometheusRegistry registry;
    private volatile Optional<MeshSnapshot> latest = Optional.empty();
    private volatile TranslationNumbers translated =
            new TranslationNumbers(0, 0, 0, 0, 0, new TranslationNumbers.Conflicts(0, 0, 0, 0));

    MeshNumbers(PrometheusRegistry registry) {
        this.registry = registry;
        of(
                "pilot_services",
                "Services of the mesh.",
                mesh -> mesh.services().all().size());
        of(
                "pilot_virt_services",
                "Virtual services of the mesh.",
                mesh -> mesh.traffic().virtualServices().size());
        of(
                "lateen_unsupported_fields",
                "Fields that are set in the configuration and have no effect yet; /debug/statusz names them.",
                mesh -> mesh.unsupported().size());
        of("pilot_eds_no_instances", "Services without an endpoint.", mesh -> withoutEndpoints(mesh, _ -> true));
        of("pilot_endpoint_not_ready", "Endpoints that are not ready.", MeshNumbers::notReady);
        of(
                "pilot_dns_cluster_without_endpoints",
                "Services whose endpoints are found by DNS, and that name none.",
                mesh -> withoutEndpoints(mesh, MeshNumbers::isFoundByDns));
        of(
                "pilot_vservice_dup_domain",
                "Hosts that a virtual service for sidecars names and another one of its namespace has already.",
                MeshNumbers::duplicateHosts);
        of(
                "pilot_destrule_subsets",
                "Subsets that a destination rule has and an elder one for the same host, too.",
                MeshNumbers::duplicateSubsets);
        conflict(
                CONFLICT + "tcp_over_current_tcp",
                "Listeners of sidecars where a TCP service would take the place of an elder one.",
                TranslationNumbers.Conflicts::tcpOverTcp);
        conflict(
                CONFLICT + "http_over_current_tcp",
                "Listeners of sidecars where an HTTP service cannot share the port with one whose server speaks first.",
                TranslationNumbers.Conflicts::httpOverTcp);
        conflict(
                CONFLICT + "tcp_over_current_http",
                "Listeners of sidecars where a service whose server speaks first has taken the place of HTTP services.",
                TranslationNumbers.Conflicts::tcpOverHttp);
        conflict(
                "pilot_conflict_inbound_listener",
                "Ports of workloads to which services of different protocols lead.",
                TranslationNumbers.Conflicts::inbound);
        cache();
    }

    void changed(MeshSnapshot mesh) {
        latest = Optional.of(mesh);
    }

    void translated(TranslationNumbers numbers) {
        translated = numbers;
    }

    private void cache() {
        CounterWithCallback.builder()
                .name("xds_cache_reads")
                .help("Proxies for which what they send was up to date (hit) or had to be made (miss).")
                .labelNames("type")
                .callback(out -> {
                    TranslationNumbers now = translated;
                    out.call((double) now.shared(), "hit");
                    out.call((double) now.made(), "miss");
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("xds_cache_evictions")
                .help("Translations that made room for others.")
                .labelNames("type")
                .callback(out -> out.call((double) translated.dropped(), "size"))
                .register(registry);
        gauge("xds_cache_size", "Translations that are kept: scopes that proxies share.", TranslationNumbers::scopes);
        gauge(
                "xds_cache_dependent_config_size",
                "Services of all these scopes whose resources are kept.",
                TranslationNumbers::services);
    }

    private void conflict(String name, String help, ToDoubleFunction<TranslationNumbers.Conflicts> value) {
        gauge(name, help, numbers -> value.applyAsDouble(numbers.conflicts()));
    }

    private void gauge(String name, String help, ToDoubleFunction<TranslationNumbers> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(out -> out.call(value.applyAsDouble(translated)))
                .register(registry);
    }

    private void of(String name, String help, ToLongFunction<MeshSnapshot> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(
                        out -> out.call((double) latest.map(value::applyAsLong).orElse(0L)))
                .register(registry);
    }

    private static long withoutEndpoints(MeshSnapshot mesh, Predicate<MeshService> counted) {
        return mesh.services().all().stream()
                .filter(counted)
                .filter(service -> mesh.endpointsOf(service.id()).isEmpty())
                .count();
    }

    private static boolean isFoundByDns(MeshService service) {
        return service.resolution() == Resolution.DNS || service.resolution() == Resolution.DNS_ROUND_ROBIN;
    }

    private static long notReady(MeshSnapshot mesh) {
        return mesh.endpoints().values().stream()
                .flatMap(List::stream)
                .filter(endpoint -> endpoint.health() != Endpoint.Health.HEALTHY)
                .count();
    }

    /// Virtual services of different namespaces may be for different sidecars.
    private static long duplicateHosts(MeshSnapshot mesh) {
        Set<String> seen = new HashSet<>();
        long twice = 0;
        for (VirtualService route : mesh.traffic().virtualServices()) {
            if (route.gateways().isEmpty() || route.gateways().contains(MESH)) {
                String namespace = route.metadata().namespace();
                for (String host : Set.copyOf(route.hosts())) {
                    String full =
                            Hostname.resolve(host, namespace, mesh.settings().shortNames());
                    twice += seen.add(namespace + "/" + full) ? 0 : 1;
                }
            }
        }
        return twice;
    }

    /// Rules that choose workloads may be for different clients.
    private static long duplicateSubsets(MeshSnapshot mesh) {
        Set<String> seen = new HashSet<>();
        long twice = 0;
        for (DestinationRule rule : mesh.traffic().destinationRules()) {
            if (rule.workloadSelector().isEmpty()) {
                String namespace = rule.metadata().namespace();
                String host =
                        Hostname.resolve(rule.host(), namespace, mesh.settings().shortNames());
                for (DestinationRule.Subset subset : rule.subsets()) {
                    twice += seen.add(namespace + "/" + host + "/" + subset.name()) ? 0 : 1;
                }
            }
        }
        return twice;
    }
}
