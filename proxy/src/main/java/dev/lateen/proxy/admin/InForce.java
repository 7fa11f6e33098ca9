package dev.lateen.proxy.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.proxy.admin.AdminBackend.Accepted;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.decision.Decision;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The configuration in force in this process. Thread: chores loop.
final class InForce implements DecisionBackground {
    private final AdminBackend backend;

    InForce(AdminBackend backend) {
        this.backend = backend;
    }

    @Override
    public Optional<RouteTable> routes(String table) {
        return backend.routes(table);
    }

    @Override
    public List<Map<String, Map<String, Object>>> around(Decision decision) {
        List<Map<String, Map<String, Object>>> found = new ArrayList<>();
        add(ResourceType.LISTENER, decision.listener, found);
        if (decision.route != null) {
            add(ResourceType.ROUTE, decision.route.table(), found);
        }
        return found;
    }

    private void add(ResourceType type, String name, List<Map<String, Map<String, Object>>> to) {
        for (Accepted one : backend.resources(type)) {
            if (one.name().equals(name)) {
                to.add(metadata(type, one).namespaces());
            }
        }
    }

    private static Metadata metadata(ResourceType type, Accepted one) {
        try {
            return Metadata.of(
                    type == ResourceType.LISTENER
                            ? Listener.parseFrom(one.resource().getValue()).getMetadata()
                            : RouteConfiguration.parseFrom(one.resource().getValue())
                                    .getMetadata());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("it is in force: " + one.name(), e);
        }
    }
}
