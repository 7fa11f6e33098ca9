package dev.lateen.model.mesh;

import dev.lateen.model.istio.Origin;
import dev.lateen.model.kubernetes.NodePorts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A service of the mesh, from whichever registry.
///
/// @param addresses virtual addresses; empty for none, which listeners read as `0.0.0.0`
/// @param autoAddress a virtual address that we gave out because there was none
/// @param aliases full names of services that stand for this one (`ExternalName`)
/// @param exportTo namespaces that may see it, `*` for all, `.` for its own, `~` for none; empty for the mesh's default
public record MeshService(
        ServiceId id,
        String name,
        List<ServicePort> ports,
        List<String> addresses,
        String autoAddress,
        Resolution resolution,
        Registry registry,
        boolean meshExternal,
        List<String> exportTo,
        Map<String, String> labels,
        Map<String, String> selector,
        List<String> subjectAltNames,
        List<String> aliases,
        Created created,
        KubernetesFacts kubernetes,
        Optional<TrafficDistribution> distribution,
        Origin origin) {

    public enum Registry {
        KUBERNETES,
        SERVICE_ENTRY
    }

    /// @param order place in the order of loading
    public record Created(Instant at, long order) {}

    /// @param externalName of a service of that type, otherwise empty
    /// @param nodePorts of a service whose gateway is reached through nodes
    public record KubernetesFacts(
            String type,
            String externalName,
            List<String> externalAddresses,
            boolean publishNotReady,
            Optional<NodePorts> nodePorts) {
        public static final KubernetesFacts NONE = new KubernetesFacts("", "", List.of(), false, Optional.empty());
    }

    public MeshService {
        ports = List.copyOf(ports);
        addresses = List.copyOf(addresses);
        exportTo = List.copyOf(exportTo);
        labels = Map.copyOf(labels);
        selector = Map.copyOf(selector);
        subjectAltNames = List.copyOf(subjectAltNames);
        aliases = List.copyOf(aliases);
    }

    public String hostname() {
        return id.hostname();
    }

    public String namespace() {
        return id.namespace();
    }

    public Optional<ServicePort> port(int number) {
        for (ServicePort port : ports) {
            if (port.port() == number) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    /// Without addresses of its own, so that clients address its endpoints.
    public boolean isHeadless() {
        return resolution == Resolution.PASSTHROUGH && registry == Registry.KUBERNETES;
    }

    /// The address that listeners are bound to: the first virtual address, the automatic one, or `0.0.0.0`.
    public String defaultAddress() {
        return addresses.isEmpty() ? "0.0.0.0" : addresses.getFirst();
    }

    public MeshService withPorts(List<ServicePort> newPorts) {
        return with(newPorts, addresses, autoAddress, exportTo, distribution, aliases);
    }

    /// For other namespaces to see.
    MeshService exportedTo(List<String> others) {
        return with(ports, addresses, autoAddress, others, distribution, aliases);
    }

    public MeshService withAddresses(List<String> newAddresses) {
        return with(ports, newAddresses, autoAddress, exportTo, distribution, aliases);
    }

    /// The automatic address for clients of IPv6: in 2001:2::/32, with the other one at its end.
    public String autoAddress6() {
        return AutoAddresses.ipv6(autoAddress);
    }

    public MeshService withAutoAddress(String address) {
        return with(ports, addresses, address, exportTo, distribution, aliases);
    }

    /// Where its clients' preference is said for its whole namespace.
    MeshService preferring(TrafficDistribution near) {
        return with(ports, addresses, autoAddress, exportTo, Optional.of(near), aliases);
    }

    MeshService withAliases(List<String> newAliases) {
        return newAliases.equals(aliases)
                ? this
                : with(ports, addresses, autoAddress, exportTo, distribution, newAliases);
    }

    private MeshService with(
            List<ServicePort> newPorts,
            List<String> newAddresses,
            String newAutoAddress,
            List<String> newExportTo,
            Optional<TrafficDistribution> newDistribution,
            List<String> newAliases) {
        return new MeshService(
                id,
                name,
                newPorts,
                newAddresses,
                newAutoAddress,
                resolution,
                registry,
                meshExternal,
                newExportTo,
                labels,
                selector,
                subjectAltNames,
                newAliases,
                created,
                kubernetes,
                newDistribution,
                origin);
    }

    /// With the ports of another service of the same name that this one lacks.
    public MeshService mergedWith(MeshService other) {
        List<ServicePort> all = new ArrayList<>(ports);
        for (ServicePort port : other.ports) {
            if (all.stream().noneMatch(p -> p.port() == port.port() && p.protocol() == port.protocol())) {
                all.add(port);
            }
        }
        return all.size() == ports.size() ? this : withPorts(all);
    }
}
