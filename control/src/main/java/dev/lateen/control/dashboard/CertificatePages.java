package dev.lateen.control.dashboard;

import dev.lateen.identity.ca.IssuedCertificate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// The certificates of workloads that the mesh's own authority has signed and that have not ended, those that end
/// first before the others.
///
/// Limits: 2,000.
///
/// Thread: any.
record CertificatePages(Supplier<List<IssuedCertificate>> issued) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST = 2_000;

    Optional<JsonNode> json(Map<String, String> query) {
        ArrayNode list = JSON.createArrayNode();
        issued.get().stream()
                .sorted(Comparator.comparing(IssuedCertificate::notAfter))
                .limit(MOST)
                .forEach(one -> list.addObject()
                        .put("id", one.id())
                        .put("holder", one.holder())
                        .put("serial", one.serial())
                        .put("issuedAt", one.issuedAt().toString())
                        .put("notAfter", one.notAfter().toString())
                        .put("signer", one.signer()));
        return Optional.of(list);
    }
}
