package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.control.status.Findings;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.SnapshotBuilder;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/// A control plane that knows of nothing yet.
record EmptyMesh() implements MeshView {
    @Override
    public MeshSnapshot snapshot() {
        return new SnapshotBuilder(MeshSettings.DEFAULT).build();
    }

    @Override
    public List<ConnectedProxy> proxies() {
        return List.of();
    }

    @Override
    public Stored stored() {
        return new Stored(List.of(), Map.of(), Map.of(), Map.of());
    }

    @Override
    public void pushNow() {}

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public List<X509Certificate> roots() {
        return List.of();
    }

    @Override
    public Findings.Latest findings() {
        return new Findings().latest();
    }
}
