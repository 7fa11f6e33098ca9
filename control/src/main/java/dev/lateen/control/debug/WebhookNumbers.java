package dev.lateen.control.debug;

import dev.lateen.kubernetes.webhook.WebhookListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What webhooks answer, under the names of istiod. Thread: any.
///
/// Limits: 200 kinds; more count as `others`, since an API server passes on what users invent.
final class WebhookNumbers implements WebhookListener {
    private static final int MOST_KINDS = 200;
    private static final String OTHERS = "others";

    private final Set<String> kinds = ConcurrentHashMap.newKeySet();
    private final Counter asked;
    private final Counter injected;
    private final Counter skipped;
    private final Counter refused;
    private final Counter passed;
    private final Counter failed;

    WebhookNumbers(PrometheusRegistry registry) {
        this.asked = counter(registry, "sidecar_injection_requests", "Pods that API servers asked about.");
        this.injected = counter(registry, "sidecar_injection_success", "Pods that got a sidecar.");
        this.skipped = counter(registry, "sidecar_injection_skip", "Pods that were not to get a sidecar.");
        this.refused = counter(registry, "sidecar_injection_failure", "Pods that asked for what cannot be had.");
        this.passed = counter(registry, "galley_validation_passed", "Resources that were found good.", "resource");
        this.failed = counter(registry, "galley_validation_failed", "Resources that were refused.", "resource");
    }

    private static Counter counter(PrometheusRegistry registry, String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    @Override
    public void injection(Injection outcome) {
        asked.inc();
        switch (outcome) {
            case INJECTED -> injected.inc();
            case SKIPPED -> skipped.inc();
            case REFUSED -> refused.inc();
        }
    }

    @Override
    public void validation(String kind, boolean accepted) {
        boolean known = kinds.contains(kind) || (kinds.size() < MOST_KINDS && kinds.add(kind));
        (accepted ? passed : failed).labelValues(known ? kind : OTHERS).inc();
    }
}
