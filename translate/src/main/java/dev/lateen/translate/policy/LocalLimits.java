package dev.lateen.translate.policy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import dev.lateen.model.policy.RateLimit;
import dev.lateen.model.policy.RateLimit.Limit;
import dev.lateen.model.policy.RateLimit.Rule;
import dev.lateen.model.policy.RateLimit.Scope;
import dev.lateen.translate.policy.Descriptors.Entry;
import dev.lateen.translate.policy.Descriptors.Variant;
import dev.lateen.translate.policy.RateLimiting.Placed;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.util.ArrayList;
import java.util.List;

/// Limits that a proxy counts by itself: one filter a rule, so that statistics, headers and trials are the rule's own.
final class LocalLimits {
    private static final String NAME = "envoy.filters.http.local_ratelimit";
    /// Values that have buckets of their own at one time, in one rule.
    private static final UInt32Value MOST_VALUES = UInt32Value.of(10_000);

    /// Where routes have what such filters count; those that ask the service use others.
    private static final int STAGE_ROUTES = 2;

    private LocalLimits() {}

    /// What single routes have counted. Every filter of such rules sees the descriptors of all of them, and counts
    /// those that carry its own rule's id.
    static List<Placed> ofRoutes(List<RateLimit> policies) {
        List<Placed> limits = new ArrayList<>();
        for (RateLimit policy : policies) {
            for (int i = 0; policy.scope() == Scope.LOCAL && i < policy.rules().size(); i++) {
                Rule rule = policy.rules().get(i);
                if (!rule.match().routes().isEmpty()) {
                    for (Variant variant : Descriptors.of(RuleIds.of(policy, i), rule.match(), rule.keys())) {
                        limits.add(new Placed(
                                variant.limit(STAGE_ROUTES), rule.match().routes()));
                    }
                }
            }
        }
        return limits;
    }

    static List<HttpFilter> filters(List<RateLimit> policies) {
        List<HttpFilter> filters = new ArrayList<>();
        for (RateLimit policy : policies) {
            if (policy.scope() == Scope.LOCAL) {
                for (int i = 0; i < policy.rules().size(); i++) {
                    filters.add(filter(policy, policy.rules().get(i), RuleIds.of(policy, i)));
                }
            }
        }
        return filters;
    }

    private static HttpFilter filter(RateLimit policy, Rule rule, String id) {
        LocalRateLimit.Builder config = LocalRateLimit.newBuilder()
                .setStatPrefix(id.replace('/', '.'))
                .setFilterEnabled(percent(100))
                .setFilterEnforced(percent(policy.shadow() ? 0 : 100))
                .setRateLimitedAsResourceExhausted(true);
        if (!policy.shadow()) {
            config.setEnableXRatelimitHeaders(XRateLimitHeadersRFCVersion.DRAFT_VERSION_03)
                    .addAllResponseHeadersToAdd(headers(rule.limit()));
        }
        if (!rule.match().routes().isEmpty()) {
            config.setStage(STAGE_ROUTES);
        }
        boolean anyValue = false;
        for (Variant variant : Descriptors.of(id, rule.match(), rule.keys())) {
            if (rule.match().routes().isEmpty()) {
                config.addRateLimits(variant.limit());
            }
            for (List<Entry> entries : selections(variant.entries())) {
                config.addDescriptors(descriptor(entries, rule.limit()));
            }
            anyValue |= variant.entries().stream().anyMatch(e -> e.value().isEmpty());
        }
        if (anyValue) {
            config.setMaxDynamicDescriptors(MOST_VALUES);
        }
        return HttpFilter.newBuilder()
                .setName(NAME)
                .setTypedConfig(Any.pack(config.build()))
                .build();
    }

    /// With and without each entry that a request may lack.
    private static List<List<Entry>> selections(List<Entry> entries) {
        List<List<Entry>> all = new ArrayList<>();
        all.add(List.of());
        for (Entry entry : entries) {
            List<List<Entry>> longer = new ArrayList<>();
            for (List<Entry> head : all) {
                List<Entry> with = new ArrayList<>(head);
                with.add(entry);
                longer.add(with);
            }
            if (entry.optional()) {
                longer.addAll(all);
            }
            all = longer;
        }
        return all;
    }

    private static LocalRateLimitDescriptor descriptor(List<Entry> entries, Limit limit) {
        LocalRateLimitDescriptor.Builder descriptor = LocalRateLimitDescriptor.newBuilder()
                .setTokenBucket(TokenBucket.newBuilder()
                        .setMaxTokens((int) limit.burst())
                        .setTokensPerFill(UInt32Value.of((int) limit.requests()))
                        .setFillInterval(duration(limit.window())));
        for (Entry entry : entries) {
            descriptor.addEntries(
                    RateLimitDescriptor.Entry.newBuilder().setKey(entry.key()).setValue(entry.value()));
        }
        return descriptor.build();
    }

    private static Duration duration(java.time.Duration window) {
        return Duration.newBuilder()
                .setSeconds(window.getSeconds())
                .setNanos(window.getNano())
                .build();
    }

    /// Of refusals: a bucket that is empty has its next request's worth after one part of the window.
    private static List<HeaderValueOption> headers(Limit limit) {
        long seconds = Math.max(1, (limit.window().toSeconds() + limit.requests() - 1) / limit.requests());
        return List.of(
                header("retry-after", seconds),
                header("ratelimit-limit", limit.requests()),
                header("ratelimit-remaining", 0),
                header("ratelimit-reset", seconds));
    }

    private static HeaderValueOption header(String name, long value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(Long.toString(value)))
                .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }

    private static RuntimeFractionalPercent percent(int value) {
        return RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(FractionalPercent.newBuilder().setNumerator(value))
                .build();
    }
}
