package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.identity.SpiffeId;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// By which certificate each proxy has shown itself to the control plane. A proxy that has got another since shows it
/// when it connects again.
///
/// Thread: any.
record CertificatePages(MeshView mesh) {
    private static final JsonMapper JSON = new JsonMapper();

    Optional<JsonNode> json(Map<String, String> query) {
        ArrayNode list = JSON.createArrayNode();
        for (ConnectedProxy proxy : mesh.proxies()) {
            List<X509Certificate> chain = proxy.connection().peer().chain();
            ObjectNode json = list.addObject()
                    .put("proxy", proxy.node().name())
                    .put("encrypted", proxy.connection().peer().encrypted());
            if (!chain.isEmpty()) {
                X509Certificate leaf = chain.getFirst();
                json.put("id", SpiffeId.of(leaf).map(SpiffeId::toString).orElse(""))
                        .put("issuer", leaf.getIssuerX500Principal().getName())
                        .put("notAfter", leaf.getNotAfter().toInstant().toString());
            }
        }
        return Optional.of(list);
    }
}
