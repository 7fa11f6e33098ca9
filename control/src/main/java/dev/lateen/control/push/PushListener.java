package dev.lateen.control.push;

import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.xds.ResourceType;
import java.time.Duration;

/// Hears what is worth counting.
///
/// Thread: control loop or ads loop; must return at once.
public interface PushListener {
    void connected(int proxies);

    /// A new state of the mesh is about to be pushed.
    void changed(MeshSnapshot mesh);

    void sent(ResourceType type, int resources);

    void rejected(String proxy, ProxyProgress.Refusal refusal);

    /// A proxy has taken all of a change.
    void converged(Duration sinceChange);

    /// @param computing time that snapshot and translations took
    void pushed(int proxies, Duration computing);
}
