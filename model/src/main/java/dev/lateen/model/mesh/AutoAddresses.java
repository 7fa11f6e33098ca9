package dev.lateen.model.mesh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Gives addresses out of 240.240.0.0/16 to entries that have none, so that a proxy can tell connections to them
/// apart. The address follows from the name, so that other services coming and going do not change it.
public final class AutoAddresses {
    private static final int SIZE = 255 * 255;

    private AutoAddresses() {}

    /// The address that a name gets as long as no other name's falls on the same. Thread: any.
    public static String of(String namespace, String hostname) {
        return address(Math.floorMod((namespace + "/" + hostname).hashCode(), SIZE));
    }

    private static String address(int slot) {
        return "240.240." + slot / 255 + "." + (slot % 255 + 1);
    }

    static List<MeshService> allocate(List<MeshService> services) {
        TreeSet<String> names = new TreeSet<>();
        for (MeshService service : services) {
            if (needsAddress(service)) {
                names.add(service.namespace() + "/" + service.hostname());
            }
        }
        Map<String, String> given = new HashMap<>();
        boolean[] taken = new boolean[SIZE];
        for (String name : names) {
            int slot = Math.floorMod(name.hashCode(), SIZE);
            for (int tries = 0; taken[slot] && tries < SIZE; tries++) {
                slot = (slot + 1) % SIZE;
            }
            taken[slot] = true;
            given.put(name, address(slot));
        }
        List<MeshService> all = new ArrayList<>(services.size());
        for (MeshService service : services) {
            String address = given.get(service.namespace() + "/" + service.hostname());
            all.add(address != null && needsAddress(service) ? service.withAutoAddress(address) : service);
        }
        return all;
    }

    private static boolean needsAddress(MeshService service) {
        return service.registry() == MeshService.Registry.SERVICE_ENTRY
                && service.addresses().isEmpty()
                && service.autoAddress().isEmpty()
                && !Hostname.isWildcard(service.hostname())
                && service.resolution() != Resolution.PASSTHROUGH;
    }
}
