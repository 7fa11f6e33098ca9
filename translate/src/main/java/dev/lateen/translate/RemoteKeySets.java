package dev.lateen.translate;

import dev.lateen.model.istio.RequestAuthentication.JwtRule;
import dev.lateen.model.mesh.KeyFetching;
import io.envoyproxy.envoy.config.core.v3.HttpUri;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// Key sets that proxies fetch themselves, through a cluster of the mesh.
///
/// Source: Istio, `PILOT_JWT_ENABLE_REMOTE_JWKS`.
final class RemoteKeySets {
    private static final Duration FRESH = Duration.ofMinutes(5);

    private RemoteKeySets() {}

    /// Empty where the control plane fetches the keys, or the rule brings them.
    static Optional<RemoteJwks> of(Scene scene, JwtRule rule) {
        if (!scene.settings()
                .keyFetching()
                .isByProxy(rule.jwksUri(), scene.snapshot().services())) {
            return Optional.empty();
        }
        URI uri = URI.create(rule.jwksUri());
        // Without such a service there is no such cluster: tokens are refused then, as it was asked for.
        return Optional.of(RemoteJwks.newBuilder()
                .setHttpUri(HttpUri.newBuilder()
                        .setUri(rule.jwksUri())
                        .setCluster(Names.outbound(KeyFetching.port(uri), "", uri.getHost()))
                        .setTimeout(Protos.duration(rule.patience())))
                .setCacheDuration(Protos.duration(FRESH))
                .build());
    }
}
