package dev.lateen.model.analyze;

import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.validate.Spot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds VirtualServices that claim the same host in sidecars, where the same namespaces see them. Thread: any.
final class MeshGatewayHosts {
    private record Claim(Item service, Spot host) {}

    private MeshGatewayHosts() {}

    static void check(MeshContents mesh, Messages messages) {
        Map<String, Map<String, List<Claim>>> byScope = claims(mesh);
        Map<String, List<Claim>> everywhere = byScope.getOrDefault(Hosts.EVERYWHERE, Map.of());
        Map<String, List<Claim>> wild = new TreeMap<>();
        everywhere.forEach((host, claims) -> {
            if (Hostname.isWildcard(host)) {
                wild.put(host, claims);
            }
        });
        Set<ResourceKey> reported = new HashSet<>();
        byScope.forEach((scope, hosts) -> hosts.forEach((host, own) -> {
            List<Claim> claims = new ArrayList<>(own);
            if (!scope.equals(Hosts.EVERYWHERE)) {
                claims.addAll(overlapping(host, everywhere, wild));
            }
            report(scope + "/" + host, claims, reported, messages);
        }));
    }

    /// Claims of what every namespace sees on some host of this name.
    private static List<Claim> overlapping(
            String host, Map<String, List<Claim>> everywhere, Map<String, List<Claim>> wild) {
        List<Claim> found = new ArrayList<>();
        if (!Hostname.isWildcard(host)) {
            found.addAll(everywhere.getOrDefault(host, List.of()));
        }
        (Hostname.isWildcard(host) ? everywhere : wild).forEach((other, claims) -> {
            if (Hostname.matches(host, other)) {
                found.addAll(claims);
            }
        });
        return found;
    }

    private static void report(String scopedHost, List<Claim> claims, Set<ResourceKey> reported, Messages messages) {
        Map<String, Claim> byName = new TreeMap<>();
        claims.forEach(claim -> byName.putIfAbsent(claim.service().name(), claim));
        if (byName.size() < 2) {
            return;
        }
        String names = String.join(",", byName.keySet());
        for (Claim claim : byName.values()) {
            if (reported.add(claim.service().resource().key())) {
                messages.add(
                        MessageType.CONFLICTING_MESH_GATEWAY_HOSTS, claim.service(), claim.host(), names, scopedHost);
            }
        }
    }

    private static Map<String, Map<String, List<Claim>>> claims(MeshContents mesh) {
        Map<String, Map<String, List<Claim>>> byScope = new TreeMap<>();
        for (Item service : mesh.networking("VirtualService")) {
            List<String> gateways = Hosts.texts(service.spec(), "gateways");
            if (!gateways.isEmpty() && !gateways.contains("mesh")) {
                continue;
            }
            Set<String> scopes =
                    new TreeSet<>(Hosts.scopes(Hosts.texts(service.spec(), "exportTo"), service.namespace()));
            for (Spot host : service.spec().items("hosts")) {
                String full = Hosts.full(host.value(), service.namespace());
                scopes.forEach(scope -> byScope.computeIfAbsent(scope, key -> new TreeMap<>())
                        .computeIfAbsent(full, key -> new ArrayList<>())
                        .add(new Claim(service, host)));
            }
        }
        return byScope;
    }
}
