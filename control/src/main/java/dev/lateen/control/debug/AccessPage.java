package dev.lateen.control.debug;

import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.model.access.AccessCheck;
import dev.lateen.model.access.AccessClient;
import dev.lateen.model.access.QuestionReader;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `accessz`: whether a client may do something at a service, and what decides; its query has the fields of
/// `QuestionReader`.
///
/// Thread: any.
final class AccessPage {
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;

    AccessPage(MeshView mesh) {
        this.mesh = mesh;
    }

    /// A report, or an object with `error`.
    JsonNode json(Map<String, String> query) {
        MeshSnapshot snapshot = mesh.snapshot();
        String trustDomain = snapshot.mesh().identity().trustDomain();
        List<AccessClient> clients =
                mesh.proxies().stream().map(proxy -> client(proxy, trustDomain)).toList();
        try {
            return JSON.valueToTree(new AccessCheck(snapshot).report(QuestionReader.read(query, clients, trustDomain)));
        } catch (IllegalArgumentException wrong) {
            return JSON.createObjectNode().put("error", wrong.getMessage());
        }
    }

    private static AccessClient client(ConnectedProxy proxy, String trustDomain) {
        ProxyNode node = proxy.node();
        String account = node.serviceAccount().isEmpty() ? "default" : node.serviceAccount();
        return new AccessClient(
                node.name(),
                trustDomain + "/ns/" + node.namespace() + "/sa/" + account,
                node.namespace(),
                node.labels(),
                node.addresses().isEmpty() ? "" : node.addresses().getFirst(),
                true);
    }
}
