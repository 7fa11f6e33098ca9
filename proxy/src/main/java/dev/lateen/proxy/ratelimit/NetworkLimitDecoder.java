package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.route.HeaderFormat;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.ratelimit.v3.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Decodes the network filters that limit the rate of connections.
///
/// Thread: main.
public final class NetworkLimitDecoder {
    private static final String NETWORK = "envoy.extensions.filters.network.";
    public static final String ASKED = NETWORK + "ratelimit.v3.RateLimit";
    public static final String LOCAL = NETWORK + "local_ratelimit.v3.LocalRateLimit";
    private static final String COMMON = "envoy.extensions.common.ratelimit.v3.RateLimitDescriptor";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(20);

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(RateLimitDecoder.SERVICE)
            .message(
                    ASKED, "stat_prefix", "domain", "descriptors", "timeout", "failure_mode_deny", "rate_limit_service")
            .message(COMMON, "entries")
            .message(COMMON + ".Entry", "key", "value")
            .message(LOCAL, "stat_prefix", "token_bucket", "runtime_enabled")
            .message("envoy.type.v3.TokenBucket", "max_tokens", "tokens_per_fill", "fill_interval")
            .build();

    private NetworkLimitDecoder() {}

    public static NetworkLimitConfig asked(TypedConfig config, Place at) {
        RateLimit limit = config.unpack(RateLimit.parser(), FIELDS, at);
        at.field("domain").require(!limit.getDomain().isEmpty(), "is empty (expected: a domain of the service)");
        at.field("descriptors").require(limit.getDescriptorsCount() > 0, "is empty (expected: at least one)");
        List<NetworkLimitConfig.Described> descriptors = new ArrayList<>();
        for (RateLimitDescriptor descriptor : limit.getDescriptorsList()) {
            descriptors.add(described(descriptor, at.field("descriptors").index(descriptors.size())));
        }
        return new NetworkLimitConfig.Asked(
                RateLimitDecoder.service(
                        limit.getRateLimitService(),
                        limit.getDomain(),
                        limit.hasTimeout()
                                ? CommonDecoder.duration(limit.getTimeout(), at.field("timeout"))
                                : DEFAULT_TIMEOUT,
                        at.field("rate_limit_service")),
                descriptors,
                limit.getFailureModeDeny(),
                limit.getStatPrefix());
    }

    private static NetworkLimitConfig.Described described(RateLimitDescriptor descriptor, Place at) {
        at.field("entries").require(descriptor.getEntriesCount() > 0, "is empty (expected: at least one)");
        List<String> keys = new ArrayList<>();
        List<HeaderFormat> values = new ArrayList<>();
        for (var entry : descriptor.getEntriesList()) {
            Place place = at.field("entries").index(keys.size());
            keys.add(entry.getKey());
            values.add(HeaderFormat.parse(entry.getValue(), place.field("value")));
        }
        return new NetworkLimitConfig.Described(List.copyOf(keys), List.copyOf(values));
    }

    public static NetworkLimitConfig local(TypedConfig config, Place at) {
        LocalRateLimit limit = config.unpack(LocalRateLimit.parser(), FIELDS, at);
        return new NetworkLimitConfig.Local(
                LocalRateLimitDecoder.size(limit.getTokenBucket(), at.field("token_bucket")),
                !limit.hasRuntimeEnabled()
                        || limit.getRuntimeEnabled().getDefaultValue().getValue(),
                limit.getStatPrefix());
    }
}
