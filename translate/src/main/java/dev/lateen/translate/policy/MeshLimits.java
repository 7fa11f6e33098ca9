package dev.lateen.translate.policy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import dev.lateen.model.policy.Quota;
import dev.lateen.model.policy.RateLimit;
import dev.lateen.model.policy.RateLimit.Scope;
import dev.lateen.model.policy.ServiceLoss;
import dev.lateen.translate.policy.Descriptors.Variant;
import dev.lateen.translate.policy.RateLimiting.Placed;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/// Limits that the rate-limit service counts: filters that ask it, and what virtual hosts have them ask about. Rules
/// that differ in what its loss means have filters and stages of their own.
final class MeshLimits {
    static final String CLUSTER = "lateen-ratelimit";
    static final String NAME = "envoy.filters.http.ratelimit";
    private static final int STAGE_ALLOW = 0;
    private static final int STAGE_DENY = 1;
    /// A request waits no longer; then `onServiceLoss` decides.
    private static final Duration PATIENCE =
            Duration.newBuilder().setNanos(100_000_000).build();

    private MeshLimits() {}

    static List<Placed> limits(List<RateLimit> policies, List<Quota> quotas) {
        List<Placed> limits = new ArrayList<>();
        for (RateLimit policy : policies) {
            if (policy.scope() == Scope.MESH) {
                for (int i = 0; i < policy.rules().size(); i++) {
                    RateLimit.Rule rule = policy.rules().get(i);
                    for (Variant variant : Descriptors.of(RuleIds.of(policy, i), rule.match(), rule.keys())) {
                        limits.add(new Placed(
                                variant.limit(stage(policy.onServiceLoss())),
                                rule.match().routes()));
                    }
                }
            }
        }
        for (Quota quota : quotas) {
            for (Variant variant : Descriptors.of(RuleIds.of(quota), quota.match(), quota.consumer())) {
                limits.add(new Placed(
                        variant.limit(stage(quota.onServiceLoss())),
                        quota.match().routes()));
            }
        }
        return limits;
    }

    static List<HttpFilter> filters(List<RateLimit> policies, List<Quota> quotas) {
        List<HttpFilter> filters = new ArrayList<>();
        for (ServiceLoss loss : ServiceLoss.values()) {
            boolean used = policies.stream().anyMatch(p -> p.scope() == Scope.MESH && p.onServiceLoss() == loss)
                    || quotas.stream().anyMatch(q -> q.onServiceLoss() == loss);
            if (used) {
                filters.add(filter(loss));
            }
        }
        return filters;
    }

    static boolean asks(HttpFilter filter) {
        return filter.getName().equals(NAME);
    }

    private static int stage(ServiceLoss loss) {
        return switch (loss) {
            case ALLOW -> STAGE_ALLOW;
            case DENY -> STAGE_DENY;
        };
    }

    private static HttpFilter filter(ServiceLoss loss) {
        var config = io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit.newBuilder()
                .setDomain(Descriptors.DOMAIN)
                .setStage(stage(loss))
                .setTimeout(PATIENCE)
                .setFailureModeDeny(loss == ServiceLoss.DENY)
                .setRateLimitedAsResourceExhausted(true)
                .setEnableXRatelimitHeaders(XRateLimitHeadersRFCVersion.DRAFT_VERSION_03)
                .setRateLimitService(RateLimitServiceConfig.newBuilder()
                        .setTransportApiVersion(ApiVersion.V3)
                        .setGrpcService(GrpcService.newBuilder()
                                .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName(CLUSTER))));
        return HttpFilter.newBuilder()
                .setName(NAME)
                .setTypedConfig(Any.pack(config.build()))
                .build();
    }
}
