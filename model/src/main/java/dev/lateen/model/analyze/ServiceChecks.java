package dev.lateen.model.analyze;

import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.validate.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Looks at the ports of services and service entries. Thread: any.
final class ServiceChecks {
    /// A port of a host, where it is visible.
    private record PortKey(String scope, String host, long port) {}

    private record Claim(Item entry, View port) {
        String protocol() {
            return port.text("protocol").toUpperCase(Locale.ROOT);
        }
    }

    private ServiceChecks() {}

    static void portNames(MeshContents mesh, Messages messages) {
        for (Item service : mesh.core("Service")) {
            if (!MeshContents.isSystem(service.namespace()) && !MeshContents.isControlPlane(service)) {
                service.spec().objects("ports").forEach(port -> portName(service, port, messages));
            }
        }
    }

    private static void portName(Item service, View port, Messages messages) {
        String name = port.text("name");
        Protocol protocol = Protocol.ofKubernetesPort(
                (int) port.number("port"), name, port.text("protocol"), port.text("appProtocol"));
        if (service.spec().text("type").equals("ExternalName")) {
            if (protocol.isAuto() || name.equals("tcp")) {
                messages.add(MessageType.EXTERNAL_NAME_PORT, service, port.spot("name"));
            }
        } else if (protocol.isAuto()) {
            String target = port.spot("targetPort").value();
            messages.add(
                    MessageType.PORT_NAME_CONVENTION,
                    service,
                    port.spot("name"),
                    name,
                    port.number("port"),
                    target.isEmpty() ? "0" : target);
        }
    }

    /// Ports whose connections can only be told apart by an address.
    static void addresses(MeshContents mesh, Messages messages) {
        Map<String, String> metadata = mesh.meshConfig()
                .object("defaultConfig", config -> config.textMap("proxyMetadata"))
                .orElse(Map.of());
        boolean allocated = "true".equals(metadata.get("ISTIO_META_DNS_CAPTURE"))
                && !"false".equals(metadata.get("ISTIO_META_DNS_AUTO_ALLOCATE"));
        for (Item entry : mesh.networking("ServiceEntry")) {
            if (allocated || entry.spec().size("addresses") > 0) {
                continue;
            }
            for (View port : entry.spec().objects("ports")) {
                String protocol = port.text("protocol");
                if (protocol.isEmpty() || protocol.equalsIgnoreCase("TCP")) {
                    messages.add(
                            MessageType.SERVICE_ENTRY_ADDRESSES_REQUIRED,
                            entry,
                            port.has("protocol") ? port.spot("protocol") : port.spot());
                }
            }
        }
    }

    static void protocols(MeshContents mesh, Messages messages) {
        Map<PortKey, List<Claim>> byPort = new TreeMap<>(Comparator.comparing(PortKey::scope)
                .thenComparing(PortKey::host)
                .thenComparingLong(PortKey::port));
        for (Item entry : mesh.networking("ServiceEntry")) {
            for (String scope : Hosts.scopes(Hosts.texts(entry.spec(), "exportTo"), entry.namespace())) {
                for (String host : Hosts.texts(entry.spec(), "hosts")) {
                    for (View port : entry.spec().objects("ports")) {
                        byPort.computeIfAbsent(
                                        new PortKey(scope, host, port.number("number")), key -> new ArrayList<>())
                                .add(new Claim(entry, port));
                    }
                }
            }
        }
        Set<String> reported = new TreeSet<>();
        byPort.forEach((key, own) -> {
            List<Claim> claims = new ArrayList<>(own);
            if (!key.scope().equals(Hosts.EVERYWHERE)) {
                claims.addAll(byPort.getOrDefault(new PortKey(Hosts.EVERYWHERE, key.host(), key.port()), List.of()));
            }
            conflict(key, claims, reported, messages);
        });
    }

    private static void conflict(PortKey key, List<Claim> claims, Set<String> reported, Messages messages) {
        Set<String> protocols = claims.stream().map(Claim::protocol).collect(Collectors.toCollection(TreeSet::new));
        if (protocols.size() < 2) {
            return;
        }
        Set<String> names =
                claims.stream().map(claim -> claim.entry().name()).collect(Collectors.toCollection(TreeSet::new));
        for (Claim claim : claims) {
            if (reported.add(claim.entry().name())) {
                messages.add(
                        MessageType.CONFLICTING_SERVICE_ENTRY_PROTOCOL,
                        claim.entry(),
                        claim.port().spot("protocol"),
                        String.join(", ", names),
                        key.host(),
                        key.port(),
                        String.join(", ", protocols));
            }
        }
    }
}
