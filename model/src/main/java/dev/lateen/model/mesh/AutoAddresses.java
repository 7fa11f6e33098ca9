package dev.lateen.model.mesh;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/// Gives addresses to services that have none, so that a proxy can tell connections to them apart. The address follows
/// from the name, so that other services coming and going do not change it, save where two names fall on the same.
///
/// Limits: 64,770 of either sort; what is over them shares an address. Thread: any.
final class AutoAddresses {
    private static final int OCTETS = 255;
    private static final int SIZE = OCTETS * OCTETS;
    private static final int FNV_BASIS = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;
    private static final String ENTRIES = "240.240.";
    private static final String IPV6 = "2001:2::";
    private static final String SERVICES = "240.241.";

    /// A label of ServiceEntries; `false` leaves them without.
    private static final String OPT_OUT = "networking.istio.io/enable-autoallocate-ip";

    private AutoAddresses() {}

    /// Entries of the mesh's own registry, as Istio does it: out of 240.240.0.0/16, used where names are resolved by
    /// the mesh.
    static List<MeshService> forEntries(List<MeshService> services) {
        return allocate(services, ENTRIES, AutoAddresses::isEntryInNeed, MeshService::withAutoAddress);
    }

    /// Kubernetes services, as an API server does it when they are created: out of 240.241.0.0/16. Headless services
    /// and aliases have none there either.
    static List<MeshService> forServices(List<MeshService> services) {
        return allocate(
                services,
                SERVICES,
                AutoAddresses::isServiceInNeed,
                (service, address) -> service.withAddresses(List.of(address)));
    }

    private static List<MeshService> allocate(
            List<MeshService> services,
            String network,
            Predicate<MeshService> inNeed,
            BiFunction<MeshService, String, MeshService> give) {
        TreeSet<String> names = new TreeSet<>();
        for (MeshService service : services) {
            if (inNeed.test(service)) {
                names.add(key(service));
            }
        }
        Map<String, String> given = new HashMap<>();
        BitSet taken = new BitSet(SIZE);
        for (String name : names) {
            int slot = freeFrom(Integer.remainderUnsigned(fnv(name), SIZE), taken);
            taken.set(slot);
            given.put(name, network + slot / OCTETS + "." + slot % OCTETS);
        }
        List<MeshService> all = new ArrayList<>(services.size());
        for (MeshService service : services) {
            String address = given.get(key(service));
            all.add(address != null && inNeed.test(service) ? give.apply(service, address) : service);
        }
        return all;
    }

    private static String key(MeshService service) {
        return service.namespace() + ":" + service.hostname();
    }

    /// The next slot, round the end, that is free and no address of a network (`.0`).
    private static int freeFrom(int slot, BitSet taken) {
        int free = slot;
        for (int tries = 0; tries < SIZE && (taken.get(free) || free % OCTETS == 0); tries++) {
            free = (free + 1) % SIZE;
        }
        return free;
    }

    /// FNV-1 of 32 bits (RFC 9923), as Istio places its names: the same name has the same address in both.
    private static int fnv(String name) {
        int hash = FNV_BASIS;
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            hash = hash * FNV_PRIME ^ Byte.toUnsignedInt(octet);
        }
        return hash;
    }

    /// The address in 2001:2::/32 that belongs to one of IPv4; empty for none.
    static String ipv6(String ipv4) {
        String[] octets = ipv4.split("\\.");
        return octets.length == 4 ? IPV6 + pair(octets[0], octets[1]) + ":" + pair(octets[2], octets[3]) : "";
    }

    private static String pair(String high, String low) {
        return Integer.toHexString(Integer.parseInt(high) << Byte.SIZE | Integer.parseInt(low));
    }

    private static boolean isEntryInNeed(MeshService service) {
        return service.registry() == MeshService.Registry.SERVICE_ENTRY
                && service.addresses().isEmpty()
                && service.autoAddress().isEmpty()
                && !Hostname.isWildcard(service.hostname())
                && service.resolution() != Resolution.PASSTHROUGH
                && !"false".equalsIgnoreCase(service.labels().get(OPT_OUT));
    }

    private static boolean isServiceInNeed(MeshService service) {
        return service.registry() == MeshService.Registry.KUBERNETES
                && service.addresses().isEmpty()
                && service.resolution() == Resolution.STATIC;
    }
}
