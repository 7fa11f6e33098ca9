package dev.lateen.control;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.control.push.Proxies;
import dev.lateen.control.status.Findings;
import dev.lateen.control.store.ResourceStatus;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.resource.ResourceKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The debug pages' view of a running control plane.
///
/// Thread: any but the control loop, which it asks.
record LiveMeshView(ControlLoop loop, MeshState state, Proxies connected) implements MeshView {
    @Override
    public List<X509Certificate> roots() {
        return state.roots();
    }

    @Override
    public MeshSnapshot snapshot() {
        return state.snapshot();
    }

    @Override
    public Collection<ConnectedProxy> proxies() {
        return connected.connected();
    }

    @Override
    public Stored stored() {
        return loop.ask(() -> new Stored(
                List.copyOf(state.store().resources()),
                new LinkedHashMap<>(state.store().status()),
                state.generations(),
                Map.copyOf(state.store().fileProblems())));
    }

    /// How each resource was read.
    Map<ResourceKey, ResourceStatus> verdicts() {
        return loop.ask(() -> new LinkedHashMap<>(state.store().status()));
    }

    @Override
    public Findings.Latest findings() {
        return state.findings().latest();
    }

    @Override
    public void pushNow() {
        loop.execute(state::pushNow);
    }

    @Override
    public boolean ready() {
        return state.loaded().getCount() == 0;
    }
}
