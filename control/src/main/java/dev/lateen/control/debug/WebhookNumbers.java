package dev.lateen.control.debug;

import dev.lateen.kubernetes.webhook.WebhookListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
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
    private final Counter unanswered;
    private final Histogram took;

    WebhookNumbers(PrometheusRegistry registry) {
        this.asked =
                ChangeNumbers.counter(registry, "sidecar_injection_requests", "Pods that API servers asked about.");
        this.injected = ChangeNumbers.counter(registry, "sidecar_injection_success", "Pods that got a sidecar.");
        this.skipped =
                ChangeNumbers.counter(registry, "sidecar_injection_skip", "Pods that were not to get a sidecar.");
        this.refused =
                ChangeNumbers.counter(registry, "sidecar_injection_failure", "Pods that asked for what cannot be had.");
        this.passed = ChangeNumbers.counter(
                registry, "galley_validation_passed", "Resources that were found good.", "resource");
        this.failed =
                ChangeNumbers.counter(registry, "galley_validation_failed", "Resources that were refused.", "resource");
        this.unanswered = ChangeNumbers.counter(
                registry,
                "galley_validation_http_error",
                "Requests to validate that were no reviews, by the status that answered them.",
                "reason");
        this.took = ChangeNumbers.histogram(
                registry, "sidecar_injection_time_seconds", "Seconds that an answer about a pod took.");
    }

    @Override
    public void injectionTook(Duration time) {
        took.observe(ChangeNumbers.seconds(time));
    }

    @Override
    public void noReview(int status) {
        unanswered.labelValues(Integer.toString(status)).inc();
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
