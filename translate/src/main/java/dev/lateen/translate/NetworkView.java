package dev.lateen.translate;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshNetworks;
import dev.lateen.model.mesh.ProxyNode;
import java.util.List;

/// In which network a proxy is, and which it wants to see.
///
/// @param network empty where it does not say, which is taken for one that reaches all
/// @param visible empty for all
record NetworkView(String network, List<String> visible) {
    static NetworkView of(ProxyNode node) {
        String said = node.metadata().network();
        String wanted = node.metadata().texts().getOrDefault("REQUESTED_NETWORK_VIEW", "");
        return new NetworkView(
                said.isEmpty() ? node.labels().getOrDefault(MeshNetworks.LABEL, "") : said,
                wanted.isBlank() ? List.of() : List.of(wanted.strip().split("\\s*,\\s*")));
    }

    boolean sees(Endpoint endpoint) {
        return visible.isEmpty() || visible.contains(endpoint.network());
    }

    boolean isWithin(String other) {
        return network.isEmpty() || other.isEmpty() || network.equals(other);
    }
}
