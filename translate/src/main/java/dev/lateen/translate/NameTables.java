package dev.lateen.translate;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Endpoint.Health;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshService.Registry;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.proto.istio.nds.NameTable;
import dev.lateen.proto.istio.nds.NameTable.NameInfo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The names that a proxy answers itself, with the addresses that its listeners know: services by their virtual
/// addresses, headless ones by those of their ready pods.
///
/// Limits: ranges of addresses, aliases, and names without an address are left to the proxy's name servers.
///
/// Source: Istio's name table. Thread: any.
final class NameTables {
    /// There is one for each proxy, so its name tells nothing.
    static final String NAME = "names";

    private NameTables() {}

    /// Whether the proxy serves names at all.
    static boolean asked(Scene scene) {
        return scene.node().metadata().switches().dnsCapture();
    }

    static NameTable of(Scene scene) {
        Map<String, NameInfo> names = new TreeMap<>();
        for (MeshService service : scene.outbound().services()) {
            Set<String> addresses = addresses(service, scene);
            if (!addresses.isEmpty()) {
                names.merge(service.hostname().toLowerCase(Locale.ROOT), info(service, addresses), NameTables::prefer);
            }
        }
        return NameTable.newBuilder().putAllTable(names).build();
    }

    /// Services come eldest first; one of the cluster wins against an entry of the same name.
    private static NameInfo prefer(NameInfo elder, NameInfo younger) {
        boolean youngerWins =
                !younger.getShortname().isEmpty() && elder.getShortname().isEmpty();
        return youngerWins ? younger : elder;
    }

    private static NameInfo info(MeshService service, Set<String> addresses) {
        NameInfo.Builder info = NameInfo.newBuilder().addAllIps(addresses).setNamespace(service.namespace());
        return switch (service.registry()) {
            case KUBERNETES ->
                info.setRegistry("Kubernetes").setShortname(service.name()).build();
            case SERVICE_ENTRY -> info.setRegistry("External").build();
        };
    }

    private static Set<String> addresses(MeshService service, Scene scene) {
        Set<String> found = new LinkedHashSet<>();
        if (service.resolution() == Resolution.ALIAS) {
            return found;
        }
        List<String> own = Addresses.of(service, scene);
        own.stream()
                .map(NameTables::single)
                .filter(address -> !address.isEmpty())
                .forEach(found::add);
        if (own.isEmpty() && service.registry() == Registry.KUBERNETES && service.isHeadless()) {
            for (Endpoint endpoint : scene.snapshot().endpointsOf(service.id())) {
                if (endpoint.health() == Health.HEALTHY || service.kubernetes().publishNotReady()) {
                    endpoint.addresses().stream()
                            .filter(address -> !address.isEmpty())
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    /// Empty for a range.
    private static String single(String address) {
        int slash = address.indexOf('/');
        boolean whole = slash < 0 || address.endsWith(address.indexOf(':') >= 0 ? "/128" : "/32");
        return whole ? address.substring(0, slash < 0 ? address.length() : slash) : "";
    }
}
