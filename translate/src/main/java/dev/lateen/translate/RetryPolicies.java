package dev.lateen.translate;

import dev.lateen.model.istio.HttpRoute.Retries;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryHostPredicate;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Retries: two by default, for failures after which a request has certainly not been worked on.
final class RetryPolicies {
    private static final String DEFAULT_CONDITIONS =
            "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
    private static final RetryHostPredicate OTHER_HOSTS = RetryHostPredicate.newBuilder()
            .setName("envoy.retry_host_predicates.previous_hosts")
            .setTypedConfig(Protos.any(PreviousHostsPredicate.getDefaultInstance()))
            .build();

    private RetryPolicies() {}

    static RetryPolicy standard() {
        return RetryPolicy.newBuilder()
                .setRetryOn(DEFAULT_CONDITIONS)
                .setNumRetries(Protos.uint(2))
                .addRetryHostPredicate(OTHER_HOSTS)
                .setHostSelectionRetryMaxAttempts(5)
                .build();
    }

    /// Empty where retries are turned off.
    ///
    /// @param hashed whether the request itself says which host it is for, so that no other is looked for
    static Optional<RetryPolicy> of(Optional<Retries> route, Optional<Retries> mesh, boolean hashed) {
        Optional<Retries> rule = route.or(() -> mesh);
        if (rule.isEmpty()) {
            return Optional.of(hashed ? sameHost(standard().toBuilder()).build() : standard());
        }
        Retries from = rule.get();
        if (from.attempts() <= 0) {
            return Optional.empty();
        }
        RetryPolicy.Builder to = standard().toBuilder().setNumRetries(Protos.uint(from.attempts()));
        if (!from.retryIgnorePreviousHosts().orElse(!hashed)) {
            sameHost(to);
        }
        if (!from.retryOn().isEmpty()) {
            conditions(from.retryOn(), to);
        }
        from.perTryTimeout().filter(t -> !t.isZero()).ifPresent(t -> to.setPerTryTimeout(Protos.duration(t)));
        if (from.retryRemoteLocalities().orElse(false)) {
            to.setRetryPriority(RetryPolicy.RetryPriority.newBuilder()
                    .setName("envoy.retry_priorities.previous_priorities")
                    .setTypedConfig(Protos.any(PreviousPrioritiesConfig.newBuilder()
                            .setUpdateFrequency(2)
                            .build())));
        }
        from.backoff()
                .ifPresent(b ->
                        to.setRetryBackOff(RetryPolicy.RetryBackOff.newBuilder().setBaseInterval(Protos.duration(b))));
        return Optional.of(to.build());
    }

    private static RetryPolicy.Builder sameHost(RetryPolicy.Builder to) {
        return to.clearRetryHostPredicate().clearHostSelectionRetryMaxAttempts();
    }

    /// Names of conditions, and status codes as numbers, which Envoy keeps apart.
    private static void conditions(String text, RetryPolicy.Builder to) {
        List<String> names = new ArrayList<>();
        List<Integer> codes = new ArrayList<>();
        for (String part : text.split(",")) {
            String condition = part.strip();
            if (condition.matches("[1-9]\\d{2}")) {
                codes.add(Integer.parseInt(condition));
            } else if (!condition.isEmpty()) {
                names.add(condition);
            }
        }
        if (!codes.isEmpty() && !names.contains("retriable-status-codes")) {
            names.add("retriable-status-codes");
        }
        to.setRetryOn(String.join(",", names)).addAllRetriableStatusCodes(codes);
    }
}
