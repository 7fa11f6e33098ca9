package dev.lateen.translate;

import dev.lateen.model.mesh.MeshConfig.ExtensionProvider;
import dev.lateen.model.tree.Fields;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HttpUri;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.AuthorizationRequest;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.AuthorizationResponse;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.BufferSettings;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.HttpService;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Servers outside of the proxy that decide about requests, as the mesh's extension providers name them.
///
/// Source: Istio, MeshConfig, `EnvoyExternalAuthorizationHttpProvider` and `…GrpcProvider`.
final class ExternalAuthorizers {
    /// Long enough to leave the decision to the timeouts of the server's own destination rule.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final int MOST_PORTS = 65535;

    private ExternalAuthorizers() {}

    /// How one server is asked.
    ///
    /// @param tcp empty where it can only be asked about HTTP
    record Authorizer(
            ExtAuthz.Builder http,
            Optional<io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz.Builder> tcp) {}

    /// Empty where the mesh names no such server, or one that is not there.
    static Optional<Authorizer> named(Scene scene, String name) {
        return scene.mesh().extensionProvider(name).flatMap(provider -> of(scene, provider));
    }

    private static Optional<Authorizer> of(Scene scene, ExtensionProvider provider) {
        Fields in = new Fields(provider.settings());
        int port = in.integer("port").orElse(0);
        Optional<String> host = ProviderService.host(scene, in.text("service", ""));
        Optional<StatusCode> status = status(in);
        String prefix = in.text("pathPrefix", "");
        boolean sound = port > 0
                && port <= MOST_PORTS
                && host.isPresent()
                && (status.isPresent() || in.text("statusOnError", "").isEmpty())
                && (prefix.isEmpty() || prefix.startsWith("/"));
        if (!sound) {
            return Optional.empty();
        }
        String cluster = Names.outbound(port, "", host.get());
        ExtAuthz.Builder common = ExtAuthz.newBuilder()
                .setTransportApiVersion(ApiVersion.V3)
                .setFailureModeAllow(in.flag("failOpen"))
                .setClearRouteCache(in.flag("clearRouteCache"));
        status.ifPresent(s -> common.setStatusOnError(HttpStatus.newBuilder().setCode(s)));
        in.object("includeRequestBodyInCheck", ExternalAuthorizers::body).ifPresent(common::setWithRequestBody);
        return switch (provider.kind()) {
            case "envoyExtAuthzHttp" -> Optional.of(http(in, common, host.get(), cluster));
            case "envoyExtAuthzGrpc" -> Optional.of(grpc(in, common, host.get(), cluster));
            default -> Optional.empty();
        };
    }

    private static Optional<StatusCode> status(Fields in) {
        return in.text("statusOnError")
                .filter(text -> text.matches("[1-9][0-9]{2}"))
                .flatMap(text -> Optional.ofNullable(StatusCode.forNumber(Integer.parseInt(text))));
    }

    private static BufferSettings body(Fields in) {
        return BufferSettings.newBuilder()
                .setMaxRequestBytes(in.integer("maxRequestBytes").orElse(0))
                .setAllowPartialMessage(in.flag("allowPartialMessage"))
                .setPackAsBytes(in.flag("packAsBytes"))
                .build();
    }

    private static Authorizer http(Fields in, ExtAuthz.Builder filter, String host, String cluster) {
        HttpService.Builder service = HttpService.newBuilder()
                .setPathPrefix(in.text("pathPrefix", ""))
                .setServerUri(HttpUri.newBuilder()
                        .setUri("http://" + host)
                        .setCluster(cluster)
                        .setTimeout(Protos.duration(in.duration("timeout").orElse(PATIENCE))));
        List<String> sent = in.texts("includeRequestHeadersInCheck");
        headers(sent.isEmpty() ? in.texts("includeHeadersInCheck") : sent).ifPresent(filter::setAllowedHeaders);
        Map<String, String> added = new TreeMap<>(in.textMap("includeAdditionalHeadersInCheck"));
        if (!added.isEmpty()) {
            AuthorizationRequest.Builder request = AuthorizationRequest.newBuilder();
            added.forEach((name, value) -> request.addHeadersToAdd(
                    HeaderValue.newBuilder().setKey(name).setValue(value)));
            service.setAuthorizationRequest(request);
        }
        AuthorizationResponse.Builder response = AuthorizationResponse.newBuilder();
        headers(in.texts("headersToUpstreamOnAllow")).ifPresent(response::setAllowedUpstreamHeaders);
        headers(in.texts("headersToDownstreamOnDeny")).ifPresent(response::setAllowedClientHeaders);
        headers(in.texts("headersToDownstreamOnAllow")).ifPresent(response::setAllowedClientHeadersOnSuccess);
        if (!response.build().equals(AuthorizationResponse.getDefaultInstance())) {
            service.setAuthorizationResponse(response);
        }
        return new Authorizer(filter.setHttpService(service), Optional.empty());
    }

    private static Optional<ListStringMatcher> headers(List<String> names) {
        ListStringMatcher.Builder list = ListStringMatcher.newBuilder();
        names.forEach(name -> list.addPatterns(RbacValues.text(name).toBuilder().setIgnoreCase(true)));
        return names.isEmpty() ? Optional.empty() : Optional.of(list.build());
    }

    private static Authorizer grpc(Fields in, ExtAuthz.Builder filter, String host, String cluster) {
        // The cluster's name is no valid authority.
        GrpcService service = GrpcService.newBuilder()
                .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                        .setClusterName(cluster)
                        .setAuthority(host))
                .setTimeout(Protos.duration(in.duration("timeout").orElse(PATIENCE)))
                .build();
        var tcp = io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz.newBuilder()
                .setStatPrefix("tcp.")
                .setTransportApiVersion(ApiVersion.V3)
                .setFailureModeAllow(in.flag("failOpen"))
                .setGrpcService(service);
        return new Authorizer(filter.setGrpcService(service), Optional.of(tcp));
    }
}
