package dev.lateen.translate;

import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.NodeMetadata.Switches;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The virtual addresses of a service, as a proxy may use them.
final class Addresses {
    private Addresses() {}

    /// The bytes of a range's first address, as text; what is no address stays as it is.
    static String firstOf(String address, int prefixLength) {
        byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException _) {
            return address;
        }
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefixLength - i * 8, 0, 8);
            bytes[i] &= (byte) (0xff00 >> kept);
        }
        return HexFormat.of().formatHex(bytes);
    }

    /// Empty for none.
    static List<String> of(MeshService service, Scene scene) {
        List<String> usable = new ArrayList<>();
        for (String address : service.addresses()) {
            boolean v6 = address.indexOf(':') >= 0;
            // Each address of an entry is one of its own, whatever the proxy's family.
            boolean entry = service.registry() == MeshService.Registry.SERVICE_ENTRY;
            if (entry || (v6 ? scene.node().supportsIpv6() : scene.node().supportsIpv4())) {
                usable.add(address);
            }
        }
        Switches switches = scene.node().metadata().switches();
        if (usable.isEmpty()
                && switches.dnsCapture()
                && switches.dnsAutoAllocate()
                && !service.autoAddress().isEmpty()) {
            if (scene.node().supportsIpv4()) {
                usable.add(service.autoAddress());
            }
            if (scene.node().supportsIpv6()) {
                usable.add(service.autoAddress6());
            }
        }
        // An address of the other family still tells connections to the service apart.
        return usable.isEmpty() && !service.addresses().isEmpty()
                ? service.addresses().subList(0, 1)
                : usable;
    }
}
