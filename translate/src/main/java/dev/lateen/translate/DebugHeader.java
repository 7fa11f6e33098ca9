package dev.lateen.translate;

import com.google.protobuf.BoolValue;
import dev.lateen.model.istio.AuthorizationPolicy.Values;
import dev.lateen.model.mesh.TrustDomains;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.config.accesslog.v3.OrFilter;
import io.envoyproxy.envoy.config.accesslog.v3.StatusCodeFilter;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.RuntimeUInt32;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells callers why they are refused, where a policy of the workload names them. A filter before all others, which
/// refuses nobody, notes who such a caller is by the certificate; the proxy's own answers 401 and 403 to them get a
/// header with what the access log says, which names policy and rule. Nobody else sees it.
final class DebugHeader {
    private static final String HEADER = "x-lateen-policy";
    private static final String NOTES = "lateen_debug_";
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final LocalReplyConfig REPLIES = LocalReplyConfig.newBuilder()
            .addMappers(ResponseMapper.newBuilder()
                    .setFilter(AccessLogFilter.newBuilder()
                            .setAndFilter(AndFilter.newBuilder()
                                    .addFilters(noted())
                                    .addFilters(AccessLogFilter.newBuilder()
                                            .setOrFilter(OrFilter.newBuilder()
                                                    .addFilters(status(UNAUTHORIZED))
                                                    .addFilters(status(FORBIDDEN))))))
                    .addHeadersToAdd(HeaderValueOption.newBuilder()
                            .setHeader(HeaderValue.newBuilder().setKey(HEADER).setValue("%RESPONSE_CODE_DETAILS%"))
                            .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)))
            .build();

    private DebugHeader() {}

    /// Empty where no policy of the workload names anybody.
    static List<HttpFilter> filter(Scene scene) {
        List<String> principals = principals(scene);
        if (principals.isEmpty()) {
            return List.of();
        }
        Policy.Builder named =
                Policy.newBuilder().addPermissions(Permission.newBuilder().setAny(true));
        TrustDomains.of(scene.mesh())
                .principals(new Values(principals, List.of()))
                .in()
                .forEach(principal -> named.addPrincipals(RbacValues.principal(principal)));
        return List.of(Authorization.http(RbacFilterConfigs.http()
                .setShadowRules(
                        RBAC.newBuilder().setAction(RBAC.Action.DENY).putPolicies("debug-principals", named.build()))
                .setShadowRulesStatPrefix(NOTES)
                .build()));
    }

    /// What the connection manager does with its own answers.
    static Optional<LocalReplyConfig> replies(Scene scene) {
        return principals(scene).isEmpty() ? Optional.empty() : Optional.of(REPLIES);
    }

    private static List<String> principals(Scene scene) {
        List<String> all = new ArrayList<>();
        Authorization.applying(scene).forEach(policy -> all.addAll(policy.debugPrincipals()));
        return all.stream().distinct().sorted().toList();
    }

    private static AccessLogFilter noted() {
        return AccessLogFilter.newBuilder()
                .setMetadataFilter(MetadataFilter.newBuilder()
                        .setMatcher(MetadataMatcher.newBuilder()
                                .setFilter(Authorization.HTTP_RBAC)
                                .addPath(
                                        MetadataMatcher.PathSegment.newBuilder().setKey(NOTES + "shadow_engine_result"))
                                .setValue(ValueMatcher.newBuilder()
                                        .setStringMatch(
                                                StringMatcher.newBuilder().setExact("denied"))))
                        .setMatchIfKeyNotFound(BoolValue.of(false)))
                .build();
    }

    private static AccessLogFilter status(int status) {
        return AccessLogFilter.newBuilder()
                .setStatusCodeFilter(StatusCodeFilter.newBuilder()
                        .setComparison(ComparisonFilter.newBuilder()
                                .setOp(ComparisonFilter.Op.EQ)
                                .setValue(RuntimeUInt32.newBuilder()
                                        .setDefaultValue(status)
                                        .setRuntimeKey("lateen.debug_header"))))
                .build();
    }
}
