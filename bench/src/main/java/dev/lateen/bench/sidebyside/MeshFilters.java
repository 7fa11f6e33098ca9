package dev.lateen.bench.sidebyside;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The HTTP filters that our control plane makes of policies, as lines of a bootstrap: both proxies get the same.
final class MeshFilters {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec:
              clusterIP: 10.96.0.1
              selector: {app: shop}
              ports: [{name: http, port: 8080}]
            """;
    private static final int POLICIES = 100;

    private MeshFilters() {}

    /// 50 policies that deny and 50 that allow, for paths, methods, callers and namespaces. The request of the load is
    /// refused by none of the former and allowed by the last of the latter, in the order of their names.
    static String ofPolicies() {
        StringBuilder yaml = new StringBuilder();
        for (int index = 0; index < POLICIES; index++) {
            yaml.append("---\n").append(index < POLICIES / 2 ? denying(index) : allowing(index));
        }
        return lines(yaml.toString(), "envoy.filters.http.rbac");
    }

    private static String denying(int index) {
        String source = index % 2 == 0
                ? "principals: [\"cluster.local/ns/team-%d/sa/intern\", \"*/sa/batch-%d\"]".formatted(index, index)
                : "namespaces: [old-%d, test-%d]".formatted(index, index);
        return policy(index, "DENY", source, "methods: [DELETE, PUT], paths: [\"/internal/%d/*\"]".formatted(index))
                + (index == 0 ? "  - to: [{operation: {paths: [\"/admin/*\"]}}]\n" : "");
    }

    private static String allowing(int index) {
        boolean last = index == POLICIES - 1;
        String account = last ? "bench" : "account-" + index;
        String path = last ? "/api/users/*" : "/api/v1/things-" + index + "/*";
        return policy(
                index,
                "ALLOW",
                "principals: [\"cluster.local/ns/default/sa/%s\", \"cluster.local/ns/web/sa/%s\"]"
                        .formatted(account, account),
                "methods: [GET, POST], paths: [\"%s\", \"/v%d/status\"]".formatted(path, index));
    }

    private static String policy(int index, String action, String source, String operation) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: policy-%02d, namespace: default}
                spec:
                  selector: {matchLabels: {app: shop}}
                  action: %s
                  rules:
                  - from: [{source: {%s}}]
                    to: [{operation: {%s}}]
                """.formatted(index, action, source, operation);
    }

    /// @param jwks the issuer's keys, as JSON
    static String ofTokens(String issuer, String jwks) {
        return lines("""
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: tokens, namespace: default}
                spec:
                  selector: {matchLabels: {app: shop}}
                  jwtRules:
                  - issuer: %s
                    jwks: '%s'
                """.formatted(issuer, jwks), "envoy.filters.http.jwt_authn");
    }

    private static String lines(String policies, String filter) {
        ProxyNode node = ProxyNode.parse(
                        "sidecar~10.1.0.1~shop-1.default~default.svc.cluster.local",
                        Map.of("ENVOY_UPSTREAM", "true", "LABELS", Map.of("app", "shop"), "NAMESPACE", "default"),
                        Locality.NONE)
                .orElseThrow();
        List<RawResource> resources = new ArrayList<>();
        read(SERVICE, resources);
        read(policies, resources);
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        try {
            Listener inbound = Listener.parseFrom(new Translator()
                    .translate(builder.build(), node)
                    .get(ResourceType.LISTENER, "virtualInbound")
                    .orElseThrow()
                    .any()
                    .getValue());
            List<String> lines = new ArrayList<>();
            for (HttpFilter each : filters(inbound)) {
                if (each.getName().equals(filter)) {
                    lines.add("- " + new ProtoJson().print(each).replaceAll("\\s*\\R\\s*", " "));
                }
            }
            if (lines.isEmpty()) {
                throw new IllegalStateException("no filter " + filter + " came of the policies");
            }
            return String.join("\n          ", lines);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<HttpFilter> filters(Listener listener) throws InvalidProtocolBufferException {
        for (FilterChain chain : listener.getFilterChainsList()) {
            for (Filter filter : chain.getFiltersList()) {
                if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                    return filter.getTypedConfig()
                            .unpack(HttpConnectionManager.class)
                            .getHttpFiltersList();
                }
            }
        }
        throw new IllegalStateException("no chain for HTTP");
    }

    private static void read(String yaml, List<RawResource> into) {
        for (ParsedResource parsed : ResourceReader.create().read(yaml, "policies.yaml")) {
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                into.add(resource);
            } else {
                throw new IllegalStateException(yaml + parsed);
            }
        }
    }
}
