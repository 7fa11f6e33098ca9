package dev.lateen.control.workload;

import dev.lateen.identity.SpiffeId;
import dev.lateen.model.istio.ServiceEntry.WorkloadEntry;
import dev.lateen.model.istio.WorkloadGroup;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.Workload;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// Whether a node may register: who it has proved to be, and what it says its address is.
///
/// An address cannot be proved, since machines are behind gateways and translators of addresses. What can be known is
/// that it is no machine's (all hosts, many hosts), that it leads only to the one who uses it (loopback, link-local,
/// where clouds have their metadata), or that it is another workload's of the mesh.
///
/// Thread: any (pure functions).
final class RegistrationRules {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_SHOWN = 64;
    private static final String WHERE = "node.metadata.AUTO_REGISTER_GROUP";

    private RegistrationRules() {}

    /// What is wrong with the group's name, before anything is looked for by it.
    static Optional<String> ofGroupName(String group) {
        return group.length() <= LONGEST_NAME && NAME.matcher(group).matches()
                ? Optional.empty()
                : Optional.of(WHERE + ": \"" + shown(group) + "\" (expected: the name of a WorkloadGroup)");
    }

    static Optional<String> ofIdentity(Optional<SpiffeId> proved, ProxyNode node, WorkloadGroup group) {
        String named =
                "WorkloadGroup " + node.namespace() + "/" + group.metadata().name();
        if (proved.isEmpty()) {
            return Optional.of(WHERE + ": who registers with " + named
                    + " has to prove who it is: connect to the port with TLS, with a token or a certificate");
        }
        SpiffeId id = proved.get();
        if (!id.namespace().equals(node.namespace())) {
            return Optional.of(WHERE + ": " + named + " is of another namespace than " + id);
        }
        String wanted = group.template().map(WorkloadEntry::serviceAccount).orElse("");
        return wanted.isEmpty() || wanted.equals(id.serviceAccount())
                ? Optional.empty()
                : Optional.of(WHERE + ": " + named + " is for service account \"" + wanted
                        + "\", and the caller has proved to be " + id);
    }

    /// @param peer the address that the connection comes from
    static Optional<String> ofAddress(ProxyNode node, String peer) {
        String address = node.addresses().isEmpty() ? "" : node.addresses().getFirst();
        Optional<InetAddress> read = literal(address);
        if (read.isEmpty()) {
            return Optional.of("node.id: \"" + shown(address) + "\" (expected: the workload's IP address)");
        }
        InetAddress ip = read.get();
        if (ip.isAnyLocalAddress() || ip.isMulticastAddress() || ip.isLinkLocalAddress()) {
            return Optional.of("node.id: " + address + " is not an address of one machine that others can reach");
        }
        boolean near = literal(peer).map(InetAddress::isLoopbackAddress).orElse(false);
        return ip.isLoopbackAddress() && !near
                ? Optional.of("node.id: " + address + " is a loopback address, and the node is on another machine")
                : Optional.empty();
    }

    /// @param there who is known at the address
    static Optional<String> ofOwner(ProxyNode node, SpiffeId id, Optional<Workload> there) {
        return there.filter(other -> sameNetwork(node.metadata().network(), other.network()))
                .filter(other -> !other.namespace().equals(id.namespace())
                        || !(other.serviceAccount().isEmpty()
                                || other.serviceAccount().equals(id.serviceAccount())))
                .map(other -> "node.id: " + node.address() + " is the address of " + other.namespace() + "/"
                        + other.name() + ", and the caller has proved to be " + id);
    }

    static Optional<String> ofNetwork(String network) {
        return network.isEmpty()
                        || (network.length() <= LONGEST_SHOWN - 1
                                && LABEL.matcher(network).matches())
                ? Optional.empty()
                : Optional.of("node.metadata.NETWORK: \"" + shown(network)
                        + "\" (expected: at most 63 small letters, digits and -)");
    }

    static Optional<String> ofEntryName(String name) {
        return name.length() <= LONGEST_NAME && NAME.matcher(name).matches()
                ? Optional.empty()
                : Optional.of(WHERE + ": the entry would be called \"" + shown(name)
                        + "\" (expected: at most 253 small letters, digits, - and .)");
    }

    private static boolean sameNetwork(String one, String other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other);
    }

    private static Optional<InetAddress> literal(String address) {
        try {
            return address.isEmpty() ? Optional.empty() : Optional.of(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String shown(String text) {
        return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
    }
}
