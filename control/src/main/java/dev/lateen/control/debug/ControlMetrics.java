package dev.lateen.control.debug;

import dev.lateen.control.cluster.SettingsGauge;
import dev.lateen.control.identity.AuthorityGauges;
import dev.lateen.control.push.ProxyProgress.Refusal;
import dev.lateen.control.push.PushListener;
import dev.lateen.control.ratelimit.LimitStats;
import dev.lateen.identity.ca.RotationStatus;
import dev.lateen.kubernetes.webhook.WebhookListener;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.AdsService;
import dev.lateen.xds.server.CertificateService;
import dev.lateen.xds.server.RateLimitService;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/// The control plane's numbers, under istiod's names.
///
/// Thread: any.
public final class ControlMetrics implements PushListener, AuthorityGauges, SettingsGauge {
    private static final int MOST_REJECTING = 1_000;
    private static final String OTHERS = "others";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Gauge connected = Gauge.builder()
            .name("pilot_xds")
            .help("Proxies connected over xDS.")
            .register(registry);
    private final Gauge services =
            Gauge.builder().name("pilot_services").help("Services of the mesh.").register(registry);
    private final Gauge virtualServices = Gauge.builder()
            .name("pilot_virt_services")
            .help("Virtual services of the mesh.")
            .register(registry);
    private final Gauge unsupported = Gauge.builder()
            .name("lateen_unsupported_fields")
            .help("Fields that are set in the configuration and have no effect yet; /debug/statusz names them.")
            .register(registry);
    private final Counter pushes = Counter.builder()
            .name("pilot_xds_pushes")
            .help("Responses sent, by type.")
            .labelNames("type")
            .withoutExemplars()
            .register(registry);
    private final Map<ResourceType, CounterDataPoint> pushesByType = new ConcurrentHashMap<>();
    private final Counter rejects = Counter.builder()
            .name("pilot_total_xds_rejects")
            .help("Responses that proxies rejected.")
            .labelNames("type")
            .register(registry);
    private final Map<ResourceType, Gauge> rejectsByType = new EnumMap<>(ResourceType.class);
    /// Proxies with a series of their own; each connection has another name.
    private final Set<String> rejecting = ConcurrentHashMap.newKeySet();

    private final Histogram convergence = Histogram.builder()
            .name("pilot_proxy_convergence_time")
            .help("Seconds from a change to the proxy's acceptance of all of it.")
            .withoutExemplars() // Looking for some costs a timer, and there is no trace to point at.
            .classicUpperBounds(.01, .05, .1, .25, .5, 1, 3, 5, 10, 20, 30)
            .classicOnly()
            .register(registry);
    private final Histogram pushTime = Histogram.builder()
            .name("pilot_xds_push_time")
            .help("Seconds that one push's snapshot and translations took.")
            .classicUpperBounds(.001, .005, .01, .05, .1, .5, 1, 3, 5)
            .classicOnly()
            .register(registry);
    private final Counter certificates = Counter.builder()
            .name("citadel_server_csr_count")
            .help("Certificate requests received.")
            .register(registry);
    private final Counter authenticationFailures = Counter.builder()
            .name("citadel_server_authentication_failure_count")
            .help("Certificate requests whose sender did not prove who it is.")
            .register(registry);
    private final Counter signed = Counter.builder()
            .name("citadel_server_success_cert_issuance_count")
            .help("Certificates issued.")
            .register(registry);
    private final Counter requestFailures = Counter.builder()
            .name("citadel_server_csr_parsing_err_count")
            .help("Certificate requests that were refused for what they hold.")
            .register(registry);

    private final Counter refusedCallers = Counter.builder()
            .name("lateen_refused_callers")
            .help("Calls whose sender did not prove who it is, by what was called; nothing of them was read.")
            .labelNames("service")
            .withoutExemplars()
            .register(registry);
    private final Gauge rootExpiry = Gauge.builder()
            .name("citadel_server_root_cert_expiry_timestamp")
            .help("When the first of the trusted roots ends, in seconds since 1970.")
            .register(registry);
    private final Gauge signerExpiry = Gauge.builder()
            .name("citadel_server_cert_chain_expiry_timestamp")
            .help("When the certificate that signs ends, in seconds since 1970.")
            .register(registry);
    private final Gauge serverExpiry = Gauge.builder()
            .name("lateen_server_cert_expiry_timestamp")
            .help("When the control plane's own certificate ends, in seconds since 1970.")
            .register(registry);
    private final Gauge rotation = Gauge.builder()
            .name("lateen_ca_rotation_phase")
            .help("Replacement of the root: 0 none, 1 the new one is to be trusted, 2 it signs.")
            .register(registry);
    private final Gauge rotationWaiting = Gauge.builder()
            .name("lateen_ca_rotation_waiting")
            .help("Workloads that the replacement of the root waits for.")
            .register(registry);

    private final Gauge refusedSettings = Gauge.builder()
            .name("lateen_refused_settings")
            .help("1 where a ConfigMap with settings is refused and an earlier version of it stays in force.")
            .labelNames("configmap")
            .register(registry);

    /// What is counted only when somebody looks.
    private volatile Optional<MeshSnapshot> latest = Optional.empty();

    private final WebhookNumbers webhooks = new WebhookNumbers(registry);

    public ControlMetrics() {
        ProcessNumbers.register(registry);
        gauge("pilot_eds_no_instances", "Services without an endpoint.", ControlMetrics::withoutInstances);
        gauge("pilot_endpoint_not_ready", "Endpoints that are not ready.", ControlMetrics::notReady);
        Gauge build = Gauge.builder()
                .name("istio_build")
                .help("Always 1; says which control plane this is.")
                .labelNames("component", "tag")
                .register(registry);
        build.labelValues("pilot", BuildVersion.read().version()).set(1);
        for (ResourceType type : ResourceType.values()) {
            String name = "pilot_xds_" + type.shortName().toLowerCase(Locale.ROOT) + "_reject";
            rejectsByType.put(
                    type,
                    Gauge.builder()
                            .name(name)
                            .help("Rejections of " + type.shortName() + ", by proxy.")
                            .labelNames("node")
                            .register(registry));
        }
    }

    private void gauge(String name, String help, ToLongFunction<MeshSnapshot> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(
                        out -> out.call((double) latest.map(value::applyAsLong).orElse(0L)))
                .register(registry);
    }

    private static long withoutInstances(MeshSnapshot mesh) {
        return mesh.services().all().stream()
                .filter(service -> mesh.endpointsOf(service.id()).isEmpty())
                .count();
    }

    private static long notReady(MeshSnapshot mesh) {
        return mesh.endpoints().values().stream()
                .flatMap(List::stream)
                .filter(endpoint -> endpoint.health() != Endpoint.Health.HEALTHY)
                .count();
    }

    @Override
    public void settings(String configMap, boolean refused) {
        refusedSettings.labelValues(configMap).set(refused ? 1 : 0);
    }

    @Override
    public void connected(int proxies) {
        connected.set(proxies);
    }

    @Override
    public void changed(MeshSnapshot mesh) {
        services.set(mesh.services().all().size());
        virtualServices.set(mesh.traffic().virtualServices().size());
        unsupported.set(mesh.unsupported().size());
        latest = Optional.of(mesh);
    }

    @Override
    public void sent(ResourceType type, int resources) {
        pushesByType
                .computeIfAbsent(type, key -> pushes.labelValues(key.shortName().toLowerCase(Locale.ROOT)))
                .inc();
    }

    @Override
    public void rejected(String proxy, Refusal refusal) {
        ResourceType type = refusal.type();
        rejects.labelValues(type.shortName().toLowerCase(Locale.ROOT)).inc();
        Gauge ofType = rejectsByType.get(type);
        if (ofType != null) {
            boolean known = rejecting.contains(proxy);
            if (known || rejecting.size() < MOST_REJECTING) {
                rejecting.add(proxy);
                known = true;
            }
            ofType.labelValues(known ? proxy : OTHERS).inc();
        }
    }

    @Override
    public void converged(Duration sinceChange) {
        convergence.observe(sinceChange.toNanos() / 1e9);
    }

    @Override
    public void pushed(int proxies, Duration computing) {
        pushTime.observe(computing.toNanos() / 1e9);
    }

    @Override
    public void authority(RotationStatus status, Instant expiryOfServer) {
        status.roots().stream()
                .mapToDouble(root -> (double) root.getNotAfter().toInstant().getEpochSecond())
                .min()
                .ifPresent(rootExpiry::set);
        signerExpiry.set((double) status.signer().getNotAfter().toInstant().getEpochSecond());
        serverExpiry.set((double) expiryOfServer.getEpochSecond());
        rotation.set(
                switch (status.phase()) {
                    case STEADY -> 0;
                    case TRUST -> 1;
                    case SIGN -> 2;
                });
        rotationWaiting.set(status.waiting().size());
    }

    /// Counts what webhooks answer.
    public WebhookListener webhooks() {
        return webhooks;
    }

    /// A caller that did not get past the gate of the secure port.
    public void refusedCaller(String service) {
        if (service.equals(CertificateService.NAME)) {
            certificateRequest("authn_failure");
        }
        refusedCallers
                .labelValues(
                        switch (service) {
                            case CertificateService.NAME -> "certificates";
                            case AdsService.NAME -> "discovery";
                            case RateLimitService.NAME -> "limits";
                            default -> "other";
                        })
                .inc();
    }

    /// Shows how many connections were ended that had proved nothing.
    public void newcomers(LongSupplier ended) {
        CounterWithCallback.builder()
                .name("lateen_ended_newcomers")
                .help("Connections for discovery and certificates that were ended because their peer had proved nothing"
                        + " in time, or because of too many of them.")
                .callback(out -> out.call((double) ended.getAsLong()))
                .register(registry);
    }

    /// @param outcome `success`, `authn_failure` or `csr_failure`
    public void certificateRequest(String outcome) {
        certificates.inc();
        switch (outcome) {
            case "success" -> signed.inc();
            case "authn_failure" -> authenticationFailures.inc();
            default -> requestFailures.inc();
        }
    }

    /// Shows the numbers of mesh-wide limits.
    public void limits(LimitStats stats, LongSupplier counters) {
        CounterWithCallback.builder()
                .name("lateen_ratelimit_hits")
                .help("Hits by rule: admitted (those of leases included), refused, or over the limit in shadow.")
                .labelNames("rule", "outcome")
                .callback(out -> stats.rules().forEach((rule, numbers) -> {
                    out.call((double) numbers.admitted(), rule, "admitted");
                    out.call((double) numbers.refused(), rule, "refused");
                    out.call((double) numbers.shadow(), rule, "shadow");
                }))
                .register(registry);
        CounterWithCallback.builder()
                .name("lateen_ratelimit_leased_hits")
                .help("Hits granted ahead to proxies, by rule.")
                .labelNames("rule")
                .callback(out -> stats.rules().forEach((rule, numbers) -> out.call((double) numbers.leased(), rule)))
                .register(registry);
        CounterWithCallback.builder()
                .name("lateen_ratelimit_questions")
                .help("Questions of proxies about a rule.")
                .labelNames("rule")
                .callback(out -> stats.rules().forEach((rule, numbers) -> out.call((double) numbers.questions(), rule)))
                .register(registry);
        CounterWithCallback.builder()
                .name("lateen_ratelimit_failures")
                .help("Questions that were not decided, by reason.")
                .labelNames("reason")
                .callback(out -> {
                    out.call((double) stats.unknownDescriptors(), "unknown_rule");
                    out.call((double) stats.refusedCallers(), "caller");
                    out.call((double) stats.unavailableAnswers(), "store");
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("lateen_ratelimit_evictions")
                .help("Counters that made room for others although they still counted something.")
                .callback(out -> out.call((double) stats.evictedCounters()))
                .register(registry);
        CounterWithCallback.builder()
                .name("lateen_ratelimit_ignored_overrides")
                .help("Descriptors with a limit of their own, which were counted by the rule's.")
                .callback(out -> out.call((double) stats.ignoredOverrides()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("lateen_ratelimit_counters")
                .help("Counters of mesh-wide limits that are kept.")
                .callback(out -> out.call((double) counters.getAsLong()))
                .register(registry);
    }

    /// The registry, for numbers that are read from elsewhere when asked.
    PrometheusRegistry registry() {
        return registry;
    }

    /// Writes all of them in Prometheus' text format.
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter.create().write(out, IstiodNames.of(registry.scrape()));
    }
}
