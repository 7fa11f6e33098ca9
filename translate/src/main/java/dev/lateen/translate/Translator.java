package dev.lateen.translate;

import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.xds.XdsResources;

/// Makes a proxy's xDS resources from the mesh. It remembers what it made: proxies that may see the same share
/// resources, and what a change did not touch keeps its instances.
///
/// Thread: control loop.
public final class Translator {
    public XdsResources translate(MeshSnapshot snapshot, ProxyNode node) {
        return XdsResources.EMPTY;
    }
}
