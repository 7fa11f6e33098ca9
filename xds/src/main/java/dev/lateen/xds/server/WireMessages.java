package dev.lateen.xds.server;

import com.google.rpc.Status;
import dev.lateen.xds.EncodedResource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Between the two variants' messages and the one core.
final class WireMessages {
    private static final int MAX_REASON = 4096;

    private WireMessages() {}

    /// A request of either variant.
    ///
    /// @param names all that is wanted (state of the world), or what to add (delta)
    /// @param unsubscribe delta only
    /// @param held delta only: versions by name
    record Request(
            String typeUrl,
            Optional<Node> node,
            List<String> names,
            List<String> unsubscribe,
            Map<String, String> held,
            String nonce,
            Optional<String> error) {}

    static Request read(DiscoveryRequest request) {
        return new Request(
                request.getTypeUrl(),
                request.hasNode() ? Optional.of(request.getNode()) : Optional.empty(),
                request.getResourceNamesList(),
                List.of(),
                Map.of(),
                request.getResponseNonce(),
                request.hasErrorDetail() ? Optional.of(reason(request.getErrorDetail())) : Optional.empty());
    }

    static Request read(DeltaDiscoveryRequest request) {
        return new Request(
                request.getTypeUrl(),
                request.hasNode() ? Optional.of(request.getNode()) : Optional.empty(),
                request.getResourceNamesSubscribeList(),
                request.getResourceNamesUnsubscribeList(),
                request.getInitialResourceVersionsMap(),
                request.getResponseNonce(),
                request.hasErrorDetail() ? Optional.of(reason(request.getErrorDetail())) : Optional.empty());
    }

    static DiscoveryResponse stateOfTheWorld(Push push) {
        DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
                .setTypeUrl(push.type().typeUrl())
                .setVersionInfo(push.version())
                .setNonce(push.nonce());
        for (EncodedResource resource : push.resources()) {
            response.addResources(resource.any());
        }
        return response.build();
    }

    static DeltaDiscoveryResponse delta(Push push) {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(push.type().typeUrl())
                .setSystemVersionInfo(push.version())
                .setNonce(push.nonce())
                .addAllRemovedResources(push.removed());
        for (EncodedResource resource : push.resources()) {
            response.addResources(resource.delta());
        }
        return response.build();
    }

    private static String reason(Status status) {
        String text = status.getMessage().isEmpty() ? "code " + status.getCode() : status.getMessage();
        return text.length() > MAX_REASON ? text.substring(0, MAX_REASON) + "…" : text;
    }
}
