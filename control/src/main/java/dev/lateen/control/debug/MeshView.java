package dev.lateen.control.debug;

import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.control.status.Findings;
import dev.lateen.control.store.ResourceStatus;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// What debug pages may look at. Each call answers with a copy.
///
/// Thread: any.
public interface MeshView {
    MeshSnapshot snapshot();

    Collection<ConnectedProxy> proxies();

    Stored stored();

    /// Gives all proxies what they should have, now.
    void pushNow();

    boolean ready();

    /// What the mesh's own authority signs leads to these.
    List<X509Certificate> roots();

    /// What can be said about the resources only together.
    Findings.Latest findings();

    /// @param generations of the mesh since which each resource is in force as it is
    /// @param resources in force
    /// @param fileProblems of what could not even be named, by file
    record Stored(
            List<RawResource> resources,
            Map<ResourceKey, ResourceStatus> status,
            Map<ResourceKey, Long> generations,
            Map<String, List<Diagnostic>> fileProblems) {}
}
