package dev.lateen.translate;

import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.NodeMetadata.Switches;
import java.util.ArrayList;
import java.util.List;

/// The virtual addresses of a service, as a proxy may use them.
final class Addresses {
    private Addresses() {}

    /// Empty for none.
    static List<String> of(MeshService service, Scene scene) {
        List<String> usable = new ArrayList<>();
        for (String address : service.addresses()) {
            boolean v6 = address.indexOf(':') >= 0;
            boolean unspecified = address.equals("0.0.0.0") || address.equals("::");
            if (!unspecified && (v6 ? scene.node().supportsIpv6() : scene.node().supportsIpv4())) {
                usable.add(address);
            }
        }
        Switches switches = scene.node().metadata().switches();
        if (usable.isEmpty()
                && switches.dnsCapture()
                && switches.dnsAutoAllocate()
                && !service.autoAddress().isEmpty()) {
            usable.add(service.autoAddress());
        }
        return usable;
    }
}
