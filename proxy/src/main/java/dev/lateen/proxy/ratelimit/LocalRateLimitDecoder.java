package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.ratelimit.RateLimitConfig.VirtualHosts;
import dev.lateen.proxy.route.HeaderChangesDecoder;
import dev.lateen.proxy.route.RateLimitPolicyDecoder;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decodes the filter that limits rates by itself.
///
/// Thread: main.
public final class LocalRateLimitDecoder {
    private static final String HTTP = "envoy.extensions.filters.http.local_ratelimit.v3.";
    private static final String COMMON = "envoy.extensions.common.ratelimit.v3.";
    private static final int MIN_ERROR = 400;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int MAX_STAGE = 10;
    private static final int DEFAULT_VALUES = 20;
    private static final int MOST_VALUES = 1_000_000;
    private static final long MIN_FILL_NANOS = 50_000_000;

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(RateLimitPolicyDecoder.FIELDS)
            .message(
                    HTTP + "LocalRateLimit",
                    "stat_prefix",
                    "status",
                    "token_bucket",
                    "filter_enabled",
                    "filter_enforced",
                    "request_headers_to_add_when_not_enforced",
                    "response_headers_to_add",
                    "descriptors",
                    "stage",
                    "local_rate_limit_per_downstream_connection",
                    "enable_x_ratelimit_headers",
                    "vh_rate_limits",
                    "always_consume_default_token_bucket",
                    "rate_limited_as_resource_exhausted",
                    "rate_limits",
                    "max_dynamic_descriptors")
            .message(COMMON + "LocalRateLimitDescriptor", "entries", "token_bucket")
            .message(COMMON + "RateLimitDescriptor.Entry", "key", "value")
            .message("envoy.type.v3.HttpStatus", "code")
            .message("envoy.type.v3.TokenBucket", "max_tokens", "tokens_per_fill", "fill_interval")
            .message("envoy.config.core.v3.HeaderValueOption", "header", "append", "append_action", "keep_empty_value")
            .build();

    private LocalRateLimitDecoder() {}

    public static LocalRateLimitConfig decode(TypedConfig config, Place at) {
        LocalRateLimit limit = config.unpack(LocalRateLimit.parser(), FIELDS, at);
        at.field("stage")
                .require(limit.getStage() >= 0 && limit.getStage() <= MAX_STAGE, "expected: 0 to " + MAX_STAGE);
        return new LocalRateLimitConfig(
                new LocalLimits(limits(limit, at)),
                limit.getLocalRateLimitPerDownstreamConnection(),
                new LocalRateLimitConfig.Descriptors(
                        limit.getRateLimitsCount() == 0
                                ? Optional.empty()
                                : Optional.of(RateLimitPolicyDecoder.decode(
                                        limit.getRateLimitsList(), at.field("rate_limits"))),
                        limit.getStage(),
                        virtualHosts(limit, at.field("vh_rate_limits"))),
                refusal(limit, at),
                limit.hasFilterEnabled()
                        ? CommonDecoder.fraction(limit.getFilterEnabled(), at.field("filter_enabled"))
                        : Fraction.NONE,
                limit.hasFilterEnforced()
                        ? CommonDecoder.fraction(limit.getFilterEnforced(), at.field("filter_enforced"))
                        : Fraction.NONE,
                HeaderChangesDecoder.decode(
                        limit.getRequestHeadersToAddWhenNotEnforcedList(), List.of(), "request_headers", at),
                limit.getStatPrefix());
    }

    private static LocalLimits.Config limits(LocalRateLimit limit, Place at) {
        List<LocalLimits.Limit> limits = new ArrayList<>();
        for (var descriptor : limit.getDescriptorsList()) {
            Place place = at.field("descriptors").index(limits.size());
            place.field("entries").require(descriptor.getEntriesCount() > 0, "is empty (expected: at least one)");
            limits.add(new LocalLimits.Limit(
                    descriptor.getEntriesList().stream()
                            .map(entry -> new Descriptor.Entry(entry.getKey(), entry.getValue()))
                            .toList(),
                    size(descriptor.getTokenBucket(), place.field("token_bucket"))));
        }
        at.field("token_bucket")
                .require(
                        limit.hasTokenBucket() || !limits.isEmpty(),
                        "is missing, and so are descriptors; nothing is limited");
        int most = limit.hasMaxDynamicDescriptors()
                ? limit.getMaxDynamicDescriptors().getValue()
                : DEFAULT_VALUES;
        at.field("max_dynamic_descriptors").require(most > 0 && most <= MOST_VALUES, "expected: 1 to " + MOST_VALUES);
        return new LocalLimits.Config(
                limit.hasTokenBucket()
                        ? Optional.of(size(limit.getTokenBucket(), at.field("token_bucket")))
                        : Optional.empty(),
                !limit.hasAlwaysConsumeDefaultTokenBucket()
                        || limit.getAlwaysConsumeDefaultTokenBucket().getValue(),
                limits,
                most);
    }

    static TokenBucket.Size size(io.envoyproxy.envoy.type.v3.TokenBucket bucket, Place at) {
        long max = Integer.toUnsignedLong(bucket.getMaxTokens());
        long perFill = bucket.hasTokensPerFill()
                ? Integer.toUnsignedLong(bucket.getTokensPerFill().getValue())
                : 1;
        long interval = CommonDecoder.duration(bucket.getFillInterval(), at.field("fill_interval"))
                .toNanos();
        at.require(
                max > 0 && perFill > 0 && interval >= MIN_FILL_NANOS,
                "expected: max_tokens and tokens_per_fill of at least 1, fill_interval of at least 0.05s");
        return new TokenBucket.Size(max, perFill, interval);
    }

    private static LocalRateLimitConfig.Refusal refusal(LocalRateLimit limit, Place at) {
        int status = limit.getStatus().getCodeValue();
        return new LocalRateLimitConfig.Refusal(
                status >= MIN_ERROR ? status : TOO_MANY_REQUESTS,
                limit.getRateLimitedAsResourceExhausted(),
                switch (limit.getEnableXRatelimitHeaders()) {
                    case OFF -> false;
                    case DRAFT_VERSION_03 -> true;
                    case UNRECOGNIZED ->
                        throw at.field("enable_x_ratelimit_headers")
                                .refuse(limit.getEnableXRatelimitHeadersValue(), "OFF or DRAFT_VERSION_03");
                },
                HeaderChangesDecoder.decode(limit.getResponseHeadersToAddList(), List.of(), "response_headers", at));
    }

    private static VirtualHosts virtualHosts(LocalRateLimit limit, Place at) {
        return switch (limit.getVhRateLimits()) {
            case OVERRIDE -> VirtualHosts.OVERRIDE;
            case INCLUDE -> VirtualHosts.INCLUDE;
            case IGNORE -> VirtualHosts.IGNORE;
            case UNRECOGNIZED -> throw at.refuse(limit.getVhRateLimitsValue(), "OVERRIDE, INCLUDE or IGNORE");
        };
    }
}
