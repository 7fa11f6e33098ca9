package dev.lateen.model.analyze;

import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which hosts there are, and in which namespaces they can be seen: those of services and of service entries. Finding
/// one costs its length, not the number of hosts. Immutable after the constructor. Thread: any.
final class Hosts {
    /// The scope of what every namespace sees.
    static final String EVERYWHERE = "*";

    private static final String SUFFIX = ".svc.cluster.local";

    /// @param selector of the pods behind it; empty where there are none
    record Host(List<Integer> ports, Map<String, String> selector) {}

    private final Map<String, Map<String, Host>> byScope = new HashMap<>();

    Hosts(List<Item> services, List<Item> entries) {
        for (Item entry : entries) {
            Host host = new Host(
                    ports(entry.spec(), "number"), Labels.of(entry.spec().object("workloadSelector"), "labels"));
            Set<String> scopes = scopes(texts(entry.spec(), "exportTo"), entry.namespace());
            for (Spot name : entry.spec().items("hosts")) {
                add(scopes, full(name.value(), entry.namespace()), host);
            }
        }
        for (Item service : services) {
            Host host = new Host(ports(service.spec(), "port"), Labels.of(service.spec(), "selector"));
            String exported = service.annotations().getOrDefault("networking.istio.io/exportTo", "");
            List<String> exportTo = exported.isEmpty()
                    ? List.of()
                    : Arrays.stream(exported.split(",", -1)).map(String::strip).toList();
            add(scopes(exportTo, service.namespace()), full(service.shortName(), service.namespace()), host);
        }
    }

    private void add(Set<String> scopes, String name, Host host) {
        scopes.forEach(
                scope -> byScope.computeIfAbsent(scope, key -> new HashMap<>()).put(name, host));
    }

    /// A short name is a service in the namespace of the resource that uses it.
    static String full(String host, String namespace) {
        return host.isEmpty() || host.contains(".") || Hostname.isWildcard(host)
                ? host
                : host + "." + namespace + SUFFIX;
    }

    /// The namespaces that `exportTo` names, `.` replaced; `*` for all of them.
    static Set<String> scopes(List<String> exportTo, String namespace) {
        if (exportTo.isEmpty() || exportTo.contains(EVERYWHERE)) {
            return Set.of(EVERYWHERE);
        }
        Set<String> scopes = new TreeSet<>();
        exportTo.forEach(to -> scopes.add(to.equals(".") ? namespace : to));
        return scopes;
    }

    static List<String> texts(View view, String field) {
        return view.items(field).stream().map(Spot::value).toList();
    }

    /// What the name stands for where a resource uses it.
    ///
    /// @param exportTo of the resource: where it is used
    Optional<Host> find(String name, String namespace, List<String> exportTo) {
        String full = full(name, namespace);
        Set<String> users = exportTo.isEmpty() ? Set.of(namespace) : scopes(exportTo, namespace);
        return exact(EVERYWHERE, full)
                .or(() -> users.stream()
                        .flatMap(user -> exact(user, full).stream())
                        .findFirst())
                .or(() -> wildcard(EVERYWHERE, name))
                .or(() -> wildcard(namespace, name));
    }

    private Optional<Host> exact(String scope, String full) {
        return Optional.ofNullable(byScope.getOrDefault(scope, Map.of()).get(full));
    }

    private Optional<Host> wildcard(String scope, String name) {
        Map<String, Host> hosts = byScope.getOrDefault(scope, Map.of());
        String plain = Hostname.isWildcard(name) ? name.substring(1) : name;
        for (int start = 0; start <= plain.length(); start++) {
            Host host = hosts.get("*" + plain.substring(start));
            if (host != null) {
                return Optional.of(host);
            }
        }
        return Optional.empty();
    }

    private static List<Integer> ports(View spec, String field) {
        return spec.objects("ports").stream()
                .map(port -> (int) port.number(field))
                .toList();
    }
}
