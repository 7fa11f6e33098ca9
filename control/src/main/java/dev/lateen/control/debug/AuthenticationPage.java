package dev.lateen.control.debug;

import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.PeerPolicies;
import dev.lateen.model.mesh.PeerPolicies.Decision;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.tree.Position;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `authenticationz`: what each connected proxy demands of its clients, and the policy that says so. Port 0 stands for
/// all ports that are not named.
///
/// Thread: any.
final class AuthenticationPage {
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;

    AuthenticationPage(MeshView mesh) {
        this.mesh = mesh;
    }

    JsonNode json() {
        MeshSnapshot snapshot = mesh.snapshot();
        ArrayNode all = JSON.createArrayNode();
        for (ConnectedProxy proxy : mesh.proxies()) {
            ArrayNode ports = all.addObject().put("proxy", proxy.node().name()).putArray("ports");
            add(ports, 0, decision(snapshot, proxy.node(), 0));
            for (int port : namedPorts(snapshot)) {
                add(ports, port, decision(snapshot, proxy.node(), port));
            }
        }
        return all;
    }

    private static Set<Integer> namedPorts(MeshSnapshot snapshot) {
        TreeSet<Integer> ports = new TreeSet<>();
        snapshot.security()
                .peerAuthentications()
                .forEach(policy -> ports.addAll(policy.portLevel().keySet()));
        return ports;
    }

    private static Decision decision(MeshSnapshot snapshot, ProxyNode node, int port) {
        return PeerPolicies.decide(
                snapshot.security().peerAuthentications(),
                snapshot.mesh().identity().rootNamespace(),
                node.namespace(),
                node.labels(),
                port);
    }

    private static void add(ArrayNode ports, int port, Decision decision) {
        ObjectNode json =
                ports.addObject().put("port", port).put("mode", decision.mode().name());
        decision.by().ifPresent(policy -> {
            Position at = policy.origin().at();
            json.put(
                    "policy", policy.metadata().name() + "/" + policy.metadata().namespace());
            json.put("at", at.file() + ":" + at.line());
        });
    }
}
