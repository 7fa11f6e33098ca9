package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.model.mesh.Endpoint;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How many proxies the mesh has, and how many of them are connected to this control plane: where there are several
/// replicas, the numbers of each are of its own proxies alone.
///
/// Limits: of proxies that are not connected here, those are known that a service leads to and that take mutual TLS.
///
/// Thread: any (immutable).
///
/// @param connected to this control plane
/// @param known in all, these among them
record KnownProxies(int connected, int known) {
    static KnownProxies of(MeshView mesh) {
        Set<String> connected = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (ConnectedProxy proxy : mesh.proxies()) {
            connected.add(proxy.node().id());
            addresses.add(proxy.node().address());
        }
        Set<String> elsewhere = new HashSet<>();
        for (List<Endpoint> endpoints : mesh.snapshot().endpoints().values()) {
            for (Endpoint endpoint : endpoints) {
                if (endpoint.takesMutualTls() && endpoint.addresses().stream().noneMatch(addresses::contains)) {
                    elsewhere.add(endpoint.network() + "/" + endpoint.address());
                }
            }
        }
        return new KnownProxies(connected.size(), connected.size() + elsewhere.size());
    }
}
