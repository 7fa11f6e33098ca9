package dev.lateen.local.capture;

import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import dev.lateen.local.process.ChildCommand.RunAs;
import dev.lateen.local.process.Children;
import dev.lateen.local.process.OpenToAll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Transparent capture: a network namespace a pod, as in a cluster, on a bridge in a namespace that stands for the
/// node.
/// A pair of interfaces joins this machine to the bridge, so that it reaches the gateways. Istio's redirection
/// rules send a pod's traffic through its proxy, which runs as user 1337. Needs root.
///
/// Thread: any.
public final class TransparentCapture implements Capture {
    private static final int PROXY_ID = 1337;
    private static final String MODE_ANNOTATION = "sidecar.istio.io/interceptionMode";
    private static final int GATEWAY_OFFSET = 8000;
    private static final int SUBNETS = 512;
    private static final int LAST_UNUSUAL_PORT = 1024;

    private final Children children;
    private final Path directory;

    /// Whether proxies can read their program without a right that others lack.
    private final boolean readableByAll;

    private final Subnet subnet;
    private final NetworkNamespace node;
    private final HostsFiles hosts;
    private final Map<String, NetworkNamespace> pods = new ConcurrentHashMap<>();

    /// @param directory for hosts files and logs of the namespaces
    /// @throws IllegalStateException when a right or a tool is missing; the message says which
    public TransparentCapture(String meshName, Children children, Path directory) {
        requireRights();
        this.children = children;
        this.directory = directory;
        this.readableByAll =
                OpenToAll.reaches(Path.of(System.getProperty("java.home"))) && OpenToAll.reaches(directory);
        this.hosts = new HostsFiles(directory.resolve("hosts"));
        int number = freeSubnet(Math.floorMod(meshName.hashCode(), SUBNETS));
        this.subnet = new Subnet(number);
        this.node = NetworkNamespace.create(children, "node", hosts.ofNamespace("istio-system"), directory);
        joinHost("lateen" + number);
    }

    @Override
    public Place place(String podName, WorkloadSpec workload) {
        boolean keepsSource = workload.role() != Role.NONE && keepsSource(workload);
        String address = subnet.take(podName);
        NetworkNamespace pod =
                NetworkNamespace.create(children, podName, hosts.ofNamespace(workload.namespace()), directory);
        pods.put(address, pod);
        String end = "p" + address.substring(address.lastIndexOf('.') + 1);
        node.run("ip", "link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", Long.toString(pod.pid()));
        node.run("ip", "link", "set", end, "master", "br0", "up");
        pod.run("ip", "address", "add", address + "/24", "dev", "eth0");
        pod.run("ip", "link", "set", "eth0", "up");
        pod.run("ip", "route", "add", "default", "via", subnet.node());
        prepare(pod);
        if (workload.role() == Role.SIDECAR) {
            capture(pod, keepsSource);
        }
        boolean hasProxy = workload.role() != Role.NONE;
        return new Place(
                address,
                address,
                Map.of(),
                Map.of("HOST", "0.0.0.0"),
                pod.prefix(),
                Optional.of(subnet.probes()),
                hasProxy ? Optional.of(new RunAs(PROXY_ID, PROXY_ID, !readableByAll, keepsSource)) : Optional.empty());
    }

    @Override
    public void release(Place place) {
        Optional.ofNullable(pods.remove(place.address())).ifPresent(NetworkNamespace::close);
        subnet.giveBack(place.address());
    }

    @Override
    public String controlAddress() {
        return subnet.node();
    }

    @Override
    public List<String> controlPrefix() {
        return node.prefix();
    }

    @Override
    public String interceptionMode(WorkloadSpec workload) {
        return workload.annotations()
                .getOrDefault(MODE_ANNOTATION, workload.proxy().interceptionMode());
    }

    private boolean keepsSource(WorkloadSpec workload) {
        String mode = interceptionMode(workload);
        return switch (mode) {
            case "REDIRECT" -> false;
            case "TPROXY" -> true;
            default ->
                throw new IllegalStateException("interceptionMode of " + workload.name() + ": '" + mode
                        + "' (expected: REDIRECT or TPROXY; on this machine --capture explicit does without)");
        };
    }

    /// As Istio's own gateway does, which may not take the low ports.
    @Override
    public int gatewayPort(int declared) {
        return declared < LAST_UNUSUAL_PORT ? declared + GATEWAY_OFFSET : declared;
    }

    @Override
    public void showServices(Function<String, Map<String, List<String>>> namesIn) {
        hosts.write(namesIn);
    }

    @Override
    public void close() {
        pods.values().forEach(NetworkNamespace::close);
        pods.clear();
        node.close();
    }

    private void capture(NetworkNamespace pod, boolean keepingSource) {
        PacketFilter.apply(pod.prefix(), CapturePlan.everything(true).transparent(keepingSource));
        // A kubelet's probes reach the application itself; so do ours.
        pod.run(
                "iptables",
                "-w",
                "-t",
                keepingSource ? "mangle" : "nat",
                "-I",
                "PREROUTING",
                "1",
                "-s",
                subnet.probes().getHostAddress(),
                "-j",
                "RETURN");
    }

    /// Its other end is in the node's namespace, which the kernel keeps for as long as connections to pods that were
    /// killed wait for an answer: so this end is taken away by name.
    private void joinHost(String name) {
        children.atEnd(List.of("ip", "link", "delete", name));
        node.run("ip", "link", "add", "br0", "type", "bridge");
        node.run("ip", "address", "add", subnet.node() + "/24", "dev", "br0");
        node.run("ip", "link", "set", "br0", "up");
        Command.run(List.of(
                "ip",
                "link",
                "add",
                name,
                "type",
                "veth",
                "peer",
                "name",
                "host0",
                "netns",
                Long.toString(node.pid())));
        Command.run(List.of("ip", "address", "add", subnet.host() + "/24", "dev", name));
        Command.run(List.of("ip", "address", "add", subnet.probes().getHostAddress() + "/24", "dev", name));
        Command.run(List.of("ip", "link", "set", name, "up"));
        node.run("ip", "link", "set", "host0", "master", "br0", "up");
        prepare(node);
    }

    /// Low ports for everybody, as in a container; and whoever is gone is not waited for.
    private static void prepare(NetworkNamespace namespace) {
        namespace.run(
                "/bin/sh",
                "-c",
                "cd /proc/sys/net/ipv4 && echo 0 > ip_unprivileged_port_start && echo 1 > tcp_orphan_retries");
    }

    private static int freeSubnet(int first) {
        String taken = Command.run(List.of("ip", "-4", "address")) + Command.run(List.of("ip", "-4", "route"));
        for (int attempt = 0; attempt < SUBNETS; attempt++) {
            int number = (first + attempt) % SUBNETS;
            if (!taken.contains(new Subnet(number).host().replaceAll("1$", ""))) {
                return number;
            }
        }
        throw new IllegalStateException("no free network in 198.18.0.0/15");
    }

    private static void requireRights() {
        for (String tool : List.of("ip", "iptables", "iptables-restore", "nsenter", "unshare")) {
            if (Children.onPath(tool).isEmpty()) {
                throw new IllegalStateException("transparent capture needs `" + tool
                        + "` (packages iproute2, iptables, util-linux); --capture explicit does without");
            }
        }
        try {
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                throw new IllegalStateException("transparent capture needs root; --capture explicit does without");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
