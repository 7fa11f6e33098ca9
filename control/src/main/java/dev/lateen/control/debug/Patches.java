package dev.lateen.control.debug;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// How often webhooks' configurations were given the roots of trust, under istiod's names. Thread: any.
///
/// Limits: as many names as there are configurations of this revision and its tags.
final class Patches {
    private final Counter attempts;
    private final Counter failures;
    private final Counter retries;
    private final Counter updates;
    private final Counter updateErrors;
    /// Configurations whose last attempt failed.
    private final Set<String> failed = ConcurrentHashMap.newKeySet();

    Patches(PrometheusRegistry registry) {
        this.attempts = ChangeNumbers.counter(
                registry, "webhook_patch_attempts", "Attempts to give a webhook our roots.", "name");
        this.failures = ChangeNumbers.counter(
                registry, "webhook_patch_failures", "Those that failed, by reason.", "name", "reason");
        this.retries =
                ChangeNumbers.counter(registry, "webhook_patch_retries", "Those that followed a failed one.", "name");
        this.updates = ChangeNumbers.counter(
                registry, "galley_validation_config_updates", "Validating webhooks that were given our roots.");
        this.updateErrors = ChangeNumbers.counter(
                registry,
                "galley_validation_config_update_error",
                "Validating webhooks that could not be given our roots, by reason.",
                "reason");
    }

    /// @param failure why; empty where there was none
    void count(String kind, String name, String failure) {
        boolean validating = kind.equals("ValidatingWebhookConfiguration");
        String key = kind + "/" + name;
        attempts.labelValues(name).inc();
        if (failed.contains(key)) {
            retries.labelValues(name).inc();
        }
        if (failure.isEmpty()) {
            failed.remove(key);
            if (validating) {
                updates.inc();
            }
            return;
        }
        failed.add(key);
        failures.labelValues(name, failure).inc();
        if (validating) {
            updateErrors.labelValues(failure).inc();
        }
    }
}
