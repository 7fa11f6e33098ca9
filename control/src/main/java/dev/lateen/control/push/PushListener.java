package dev.lateen.control.push;

import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.translate.TranslationNumbers;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.Push;
import java.time.Duration;

/// Hears what is worth counting.
///
/// Thread: control loop or ads loop; must return at once.
public interface PushListener {
    void connected(int proxies);

    /// A new state of the mesh is about to be pushed.
    void changed(MeshSnapshot mesh);

    void sent(Push push);

    void rejected(String proxy, ProxyProgress.Refusal refusal);

    /// A proxy answered a response that another one has followed since.
    void overtaken(ResourceType type);

    /// A proxy has taken all of a change.
    void converged(Duration sinceChange);

    /// @param computing time that snapshot and translations took
    void pushed(int proxies, Duration computing);

    /// What has been translated so far; told after each push and for each proxy that comes.
    void translated(TranslationNumbers numbers);
}
