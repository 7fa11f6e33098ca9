package dev.lateen.local.capture;

import dev.lateen.local.manifest.ContainerSpec;
import dev.lateen.local.manifest.WorkloadSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Explicit capture: each pod has a loopback address of its own (Linux answers on all of 127.0.0.0/8),
/// applications take the ports they are told by `PORT` and reach others through `HTTP_PROXY`. Needs no rights,
/// and captures only what honours `HTTP_PROXY`.
///
/// Thread: any.
public final class ExplicitCapture implements Capture {
    private static final int FIRST_PORT_OF_A_PROXY = 15021;
    private static final int SECOND_OCTETS = 100;
    private static final int FIRST_SECOND_OCTET = 20;
    private static final int FIRST_APPLICATION_PORT = 20_000;
    private static final int APPLICATION_PORTS = 12_000;

    private final int network;
    private final Set<String> addresses = new HashSet<>();
    private final Set<Integer> ports = new HashSet<>();
    private final Map<Integer, Integer> gatewayPorts = new HashMap<>();
    private int nextPort;

    /// @param meshName meshes of different names use different networks
    public ExplicitCapture(String meshName) {
        this.network = freeNetwork(Math.floorMod(meshName.hashCode(), SECOND_OCTETS));
        this.nextPort = network * 100; // meshes that start at the same time look at different ports
        addresses.add(controlAddress());
    }

    @Override
    public Place place(String podName, WorkloadSpec workload) {
        String address = freeAddress(podName);
        if (workload.role() == WorkloadSpec.Role.PROXYLESS) {
            return uncaptured(address);
        }
        Map<Integer, Integer> realPorts = new LinkedHashMap<>();
        Map<String, String> environment = new LinkedHashMap<>();
        for (ContainerSpec container : workload.containers()) {
            for (ContainerSpec.Port port : container.ports()) {
                int real = freePort();
                realPorts.put(port.number(), real);
                environment.putIfAbsent("PORT", Integer.toString(real));
                environment.put("PORT_" + port.number(), Integer.toString(real));
            }
        }
        environment.put("HOST", "127.0.0.1");
        if (workload.role() == WorkloadSpec.Role.SIDECAR) {
            String proxy = "http://" + address + ":" + HTTP_PROXY_PORT;
            environment.put("HTTP_PROXY", proxy);
            environment.put("http_proxy", proxy);
            environment.put("NO_PROXY", "localhost,127.0.0.1");
            environment.put("no_proxy", "localhost,127.0.0.1");
        }
        return new Place(address, "127.0.0.1", realPorts, environment, List.of(), Optional.empty(), Optional.empty());
    }

    /// Nobody stands before the application: it takes its own ports on the pod's address.
    private static Place uncaptured(String address) {
        return new Place(
                address, address, Map.of(), Map.of("HOST", address), List.of(), Optional.empty(), Optional.empty());
    }

    @Override
    public synchronized void release(Place place) {
        addresses.remove(place.address());
        ports.removeAll(place.applicationPorts().values());
    }

    @Override
    public String controlAddress() {
        return "127." + network + ".0.1";
    }

    @Override
    public List<String> controlPrefix() {
        return List.of();
    }

    @Override
    public String interceptionMode(WorkloadSpec workload) {
        return "NONE";
    }

    /// The port itself where we may have it and nobody listens to it on all addresses, else 8000 more, else any. Each
    /// gateway has an address of its own, so that all of them can have the same.
    @Override
    public synchronized int gatewayPort(int declared) {
        return gatewayPorts.computeIfAbsent(declared, _ -> {
            for (int candidate : new int[] {declared, declared + 8000, declared + 18000}) {
                if (candidate <= 65535 && canListen(controlAddress(), candidate)) {
                    return candidate;
                }
            }
            return freePort();
        });
    }

    @Override
    public void showServices(Function<String, Map<String, List<String>>> namesIn) {
        // Applications give names to their proxy, which knows them.
    }

    @Override
    public void close() {
        // Loopback addresses need no cleaning up.
    }

    /// From the pod's name, so that a restart of the mesh gives the same address.
    private synchronized String freeAddress(String podName) {
        int hash = podName.hashCode();
        for (int attempt = 0; attempt < 250; attempt++) {
            int third = 1 + Math.floorMod(hash + attempt, 250);
            int fourth = 2 + Math.floorMod(hash / 250, 250);
            String address = "127." + network + "." + third + "." + fourth;
            if (addresses.add(address)) {
                if (canListen(address, FIRST_PORT_OF_A_PROXY)) {
                    return address;
                }
                addresses.remove(address);
            }
        }
        throw new IllegalStateException(
                "no free loopback address for pod " + podName + ": does this system answer on all of"
                        + " 127.0.0.0/8? (Linux does; elsewhere addresses must be added to the loopback interface)");
    }

    /// Below the range that the kernel takes for outgoing connections, so that none takes it before the
    /// application does.
    private synchronized int freePort() {
        for (int attempt = 0; attempt < APPLICATION_PORTS; attempt++) {
            int port = FIRST_APPLICATION_PORT + nextPort++ % APPLICATION_PORTS;
            if (canListen("127.0.0.1", port) && ports.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + FIRST_APPLICATION_PORT + " and "
                + (FIRST_APPLICATION_PORT + APPLICATION_PORTS));
    }

    private static int freeNetwork(int first) {
        for (int attempt = 0; attempt < SECOND_OCTETS; attempt++) {
            int network = FIRST_SECOND_OCTET + (first + attempt) % SECOND_OCTETS;
            if (canListen("127." + network + ".0.1", 15010)) {
                return network;
            }
        }
        throw new IllegalStateException("no free loopback network: are " + SECOND_OCTETS + " meshes running?");
    }

    private static boolean canListen(String address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
