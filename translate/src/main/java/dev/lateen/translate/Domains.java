package dev.lateen.translate;

import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The host names by which a service may be called.
final class Domains {
    private Domains() {}

    /// @param dnsDomain of the proxy, such as `default.svc.cluster.local`
    static List<String> of(String host, Optional<MeshService> service, String dnsDomain, Scene scene) {
        List<String> domains = new ArrayList<>();
        domains.add(host);
        if (service.isEmpty()) {
            return domains;
        }
        if (!host.equals("*")) {
            domains.add(host + ".");
        }
        domains.addAll(alternatives(host, dnsDomain));
        service.ifPresent(s -> {
            List<String> names = new ArrayList<>(List.of(host));
            for (String alias : s.aliases()) {
                names.add(alias);
                domains.add(alias);
                domains.add(alias + ".");
                domains.addAll(alternatives(alias, dnsDomain));
            }
            if (s.isHeadless()) {
                for (String name : names) {
                    domains.add("*." + name);
                    domains.add("*." + name + ".");
                    for (String alternative : alternatives(name, dnsDomain)) {
                        domains.add("*." + alternative);
                    }
                }
            }
            for (String address : Addresses.of(s, scene)) {
                if (!address.isEmpty() && address.indexOf('/') < 0) {
                    domains.add(address.indexOf(':') >= 0 ? "[" + address + "]" : address);
                }
            }
        });
        return domains;
    }

    /// Short names, as a workload of that domain may write them.
    static List<String> alternatives(String host, String dnsDomain) {
        String[] own = dnsDomain.split("\\.");
        if (Hostname.isWildcard(host) || own.length < 3 || host.indexOf('.') < 0) {
            return List.of();
        }
        String namespace = own[0];
        String rest = dnsDomain.substring(namespace.length() + 1);
        List<String> found = new ArrayList<>();
        if (!host.endsWith("." + rest)) {
            return found;
        }
        String service = host.substring(0, host.length() - rest.length() - 1);
        String firstOfRest = own[1];
        if (host.endsWith("." + dnsDomain)) {
            found.add(host.substring(0, host.length() - dnsDomain.length() - 1));
            found.add(service + "." + firstOfRest);
            found.add(service);
        } else {
            found.add(service);
            found.add(service + "." + firstOfRest);
        }
        return found;
    }
}
