package dev.lateen.proxy.route;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.route.RetryPolicy.BackOff;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.util.ArrayList;
import java.util.List;

/// Decodes retry policies.
final class RetryPolicyDecoder {
    private static final String PREVIOUS_HOSTS = "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";
    private static final String PREVIOUS_PRIORITIES =
            "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig";
    private static final int MAX_RETRIES = 1_000;

    private RetryPolicyDecoder() {}

    static RetryPolicy decode(io.envoyproxy.envoy.config.route.v3.RetryPolicy policy, Place at) {
        int retries = policy.hasNumRetries() ? policy.getNumRetries().getValue() : 1;
        at.field("num_retries")
                .require(retries >= 0 && retries <= MAX_RETRIES, "value: " + retries + " (expected: 0 to 1000)");
        boolean previous = false;
        for (int index = 0; index < policy.getRetryHostPredicateCount(); index++) {
            var predicate = policy.getRetryHostPredicate(index);
            Place place = at.field("retry_host_predicate").index(index);
            String type = predicate.hasTypedConfig()
                    ? TypedConfig.of(predicate.getTypedConfig(), place.field("typed_config"))
                            .type()
                    : predicate.getName();
            place.require(
                    type.equals(PREVIOUS_HOSTS) || type.equals("envoy.retry_host_predicates.previous_hosts"),
                    type + " is not supported by this proxy yet (expected: previous_hosts)");
            previous = true;
        }
        long attempts = policy.getHostSelectionRetryMaxAttempts();
        return new RetryPolicy(
                RetryOn.parse(policy.getRetryOn()),
                retries,
                nanos(policy.hasPerTryTimeout(), policy.getPerTryTimeout(), at.field("per_try_timeout")),
                nanos(policy.hasPerTryIdleTimeout(), policy.getPerTryIdleTimeout(), at.field("per_try_idle_timeout")),
                policy.hasRetryBackOff()
                        ? backOff(policy.getRetryBackOff(), at.field("retry_back_off"))
                        : BackOff.DEFAULT,
                previous,
                attempts == 0 ? 1 : (int) Math.min(attempts, 100),
                policy.hasRetryPriority() ? priorities(policy.getRetryPriority(), at.field("retry_priority")) : 0,
                policy.getRetriableStatusCodesList().stream().sorted().toList(),
                matchers(policy.getRetriableHeadersList(), at.field("retriable_headers")),
                matchers(policy.getRetriableRequestHeadersList(), at.field("retriable_request_headers")));
    }

    private static int priorities(io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryPriority priority, Place at) {
        Place place = at.field("typed_config");
        TypedConfig config = TypedConfig.of(priority.getTypedConfig(), place);
        place.require(
                config.type().equals(PREVIOUS_PRIORITIES),
                config.type() + " is not supported by this proxy yet (expected: previous_priorities)");
        int every = config.unpack(PreviousPrioritiesConfig.parser(), RouteFields.LIST, place)
                .getUpdateFrequency();
        place.field("update_frequency").require(every > 0, "value: " + every + " (expected: more than 0)");
        return every;
    }

    private static long nanos(boolean present, com.google.protobuf.Duration duration, Place at) {
        return present ? CommonDecoder.duration(duration, at).toNanos() : 0;
    }

    private static BackOff backOff(io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryBackOff backOff, Place at) {
        long base = CommonDecoder.duration(backOff.getBaseInterval(), at.field("base_interval"))
                .toNanos();
        at.field("base_interval").require(base > 0, "value: 0s (expected: more than 0s)");
        long max = backOff.hasMaxInterval()
                ? CommonDecoder.duration(backOff.getMaxInterval(), at.field("max_interval"))
                        .toNanos()
                : Math.multiplyExact(base, 10L);
        at.field("max_interval").require(max >= base, "is less than base_interval");
        return new BackOff(base, max);
    }

    private static List<HeaderMatcher> matchers(
            List<io.envoyproxy.envoy.config.route.v3.HeaderMatcher> list, Place at) {
        List<HeaderMatcher> matchers = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            matchers.add(CommonDecoder.header(list.get(index), at.index(index)));
        }
        return matchers;
    }
}
