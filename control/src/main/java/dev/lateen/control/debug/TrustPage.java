package dev.lateen.control.debug;

import dev.lateen.identity.Pem;
import dev.lateen.identity.ca.Fingerprint;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `trustz`: whose certificates workloads believe for which trust domain. What is wrong with bundles is in `statusz`.
///
/// Thread: any.
final class TrustPage {
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;

    TrustPage(MeshView mesh) {
        this.mesh = mesh;
    }

    JsonNode json() {
        ObjectNode domains = JSON.createObjectNode();
        for (Map.Entry<String, String> domain : byDomain().entrySet()) {
            ArrayNode authorities = domains.putArray(domain.getKey());
            for (X509Certificate one : Pem.certificates(domain.getValue())) {
                authorities
                        .addObject()
                        .put("subject", one.getSubjectX500Principal().getName())
                        .put("sha256", Fingerprint.of(List.of(one)))
                        .put("notAfter", one.getNotAfter().toInstant().toString());
            }
        }
        return domains;
    }

    private SortedMap<String, String> byDomain() {
        SortedMap<String, String> trusted = mesh.snapshot().security().trust().byDomain();
        if (!trusted.isEmpty() || mesh.roots().isEmpty()) {
            return trusted;
        }
        SortedMap<String, String> own = new TreeMap<>();
        mesh.snapshot().mesh().identity().admitted().forEach(domain -> own.put(domain, Pem.encode(mesh.roots())));
        return own;
    }
}
