package dev.lateen.control.debug;

import dev.lateen.control.cluster.ClusterListener;
import dev.lateen.control.identity.AuthorityGauges;
import dev.lateen.control.push.ProxyProgress.Refusal;
import dev.lateen.control.push.PushListener;
import dev.lateen.control.ratelimit.LimitStats;
import dev.lateen.control.source.ChangeListener;
import dev.lateen.identity.ca.RotationStatus;
import dev.lateen.kubernetes.webhook.WebhookListener;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.translate.TranslationNumbers;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.AdsService;
import dev.lateen.xds.server.CertificateService;
import dev.lateen.xds.server.Push;
import dev.lateen.xds.server.RateLimitService;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// The control plane's numbers, under istiod's names.
///
/// Thread: any.
public final class ControlMetrics implements PushListener, AuthorityGauges, ClusterListener {
    private static final int MOST_REJECTING = 1_000;
    private static final String OTHERS = "others";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Gauge connected = Gauge.builder()
            .name("pilot_xds")
            .help("Proxies connected over xDS.")
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
            .register(registry);
    private final Histogram pushTime = Histogram.builder()
            .name("pilot_xds_push_time")
            .help("Seconds that one push's snapshot and translations took.")
            .classicUpperBounds(.001, .005, .01, .05, .1, .5, 1, 3, 5)
            .register(registry);
    private final Counter refusedCallers = Counter.builder()
            .name("lateen_refused_callers")
            .help("Calls whose sender did not prove who it is, by what was called; nothing of them was read.")
            .labelNames("service")
            .withoutExemplars()
            .register(registry);
    private final Gauge refusedSettings = Gauge.builder()
            .name("lateen_refused_settings")
            .help("1 where a ConfigMap with settings is refused and an earlier version of it stays in force.")
            .labelNames("configmap")
            .register(registry);

    private final Counter overtaken = ChangeNumbers.counter(
            registry, "pilot_xds_expired_nonce", "Answers to responses that others have followed since.", "type");
    private final Histogram sizes = Histogram.builder()
            .name("pilot_xds_config_size_bytes")
            .help("Bytes of the resources in a response, by type.")
            .labelNames("type")
            .withoutExemplars()
            .classicUpperBounds(1, 10_000, 1_000_000, 4_000_000, 10_000_000, 40_000_000)
            .register(registry);
    private final Gauge starting = Gauge.builder()
            .name("startup_duration_seconds")
            .help("Seconds until all ports answered.")
            .register(registry);

    private final WebhookNumbers webhooks = new WebhookNumbers(registry);

    private final Patches patches = new Patches(registry);
    private final MeshNumbers mesh = new MeshNumbers(registry);
    private final ChangeNumbers changes = new ChangeNumbers(registry);
    private final CertificateNumbers certificates;

    public ControlMetrics(InstantSource clock) {
        this.certificates = new CertificateNumbers(registry, clock);
        ProcessNumbers.register(registry);
        Instant start = clock.instant();
        GaugeWithCallback.builder()
                .name("istiod_uptime_seconds")
                .help("Seconds since this control plane began.")
                .callback(out -> out.call(ChangeNumbers.seconds(Duration.between(start, clock.instant()))))
                .register(registry);
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

    @Override
    public void settings(String configMap, boolean refused) {
        refusedSettings.labelValues(configMap).set(refused ? 1 : 0);
    }

    @Override
    public void connected(int proxies) {
        connected.set(proxies);
    }

    @Override
    public void changed(MeshSnapshot now) {
        mesh.changed(now);
    }

    @Override
    public void sent(Push push) {
        String type = push.type().shortName().toLowerCase(Locale.ROOT);
        pushesByType.computeIfAbsent(push.type(), _ -> pushes.labelValues(type)).inc();
        long bytes = 0;
        for (EncodedResource resource : push.resources()) {
            bytes += resource.any().getValue().size();
        }
        sizes.labelValues(type).observe((double) bytes);
    }

    @Override
    public void overtaken(ResourceType type) {
        overtaken.labelValues(type.shortName().toLowerCase(Locale.ROOT)).inc();
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
    public void translated(TranslationNumbers numbers) {
        mesh.translated(numbers);
    }

    @Override
    public void event(String kind, Change change) {
        changes.event(kind, change);
    }

    @Override
    public void patched(String kind, String name, String failure) {
        patches.count(kind, name, failure);
    }

    @Override
    public void authority(RotationStatus status, Instant expiryOfServer) {
        certificates.authority(status, expiryOfServer);
    }

    /// Counts what leads to pushes.
    public ChangeListener changes() {
        return changes;
    }

    /// All ports answer.
    public void started(Duration took) {
        starting.set(ChangeNumbers.seconds(took));
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

    /// @param outcome `success`, `authn_failure`, `csr_failure` or `sign_failure`
    public void certificateRequest(String outcome) {
        certificates.request(outcome);
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

    /// Writes all of them as whoever asks can read them: as messages with native histograms, or as text.
    ///
    /// @param accept of the request; empty where it has none
    /// @return the content type
    public String write(String accept, OutputStream out) throws IOException {
        MetricSnapshots all = IstiodNames.of(registry.scrape());
        if (MetricMessages.wanted(accept)) {
            MetricMessages.write(all, out);
            return MetricMessages.CONTENT_TYPE;
        }
        PrometheusTextFormatWriter.create().write(out, all);
        return PrometheusTextFormatWriter.CONTENT_TYPE;
    }
}
