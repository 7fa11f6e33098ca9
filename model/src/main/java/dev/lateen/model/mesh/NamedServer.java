package dev.lateen.model.mesh;

import dev.lateen.model.istio.Reader;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.util.Optional;

/// A server that a proxy's configuration names by its address, and how it is connected to. Source: Istio,
/// `ProxyConfig.RemoteService`, `ProxyConfig.tracing`.
///
/// @param tls empty: plain text
public record NamedServer(String host, int port, Optional<ClientTls> tls) {

    /// Empty where the section has no such address.
    static Optional<NamedServer> of(Fields section) {
        return section.text("address")
                .filter(address -> address.matches(".+:[0-9]{1,5}"))
                .map(address -> {
                    int colon = address.lastIndexOf(':');
                    return new NamedServer(
                            address.substring(0, colon).replaceAll("[\\[\\]]", ""),
                            Integer.parseInt(address.substring(colon + 1)),
                            tls(section));
                });
    }

    /// Empty where connections are in plain text.
    static Optional<ClientTls> tls(Fields section) {
        return section.node("tlsSettings")
                .filter(Mapping.class::isInstance)
                .map(found -> Reader.document((Mapping) found, "MeshConfig", ClientTls::of)
                        .value())
                .filter(tls -> !tls.mode().equals("DISABLE"));
    }
}
