package dev.lateen.local.capture;

import dev.lateen.local.process.ChildCommand.RunAs;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a pod lives on this machine.
///
/// @param address the pod's address, as the mesh sees it
/// @param applicationHost where its applications listen, as seen by probes
/// @param applicationPorts the port that an application really takes, by container port
/// @param applicationEnvironment what its applications must know
/// @param prefix words in front of a command that put it there
/// @param probeSource the address that probes come from and that is not redirected
/// @param proxyUser who the proxy runs as; empty for ourselves
public record Place(
        String address,
        String applicationHost,
        Map<Integer, Integer> applicationPorts,
        Map<String, String> applicationEnvironment,
        List<String> prefix,
        Optional<InetAddress> probeSource,
        Optional<RunAs> proxyUser) {
    public Place {
        applicationPorts = Map.copyOf(applicationPorts);
        applicationEnvironment = Map.copyOf(applicationEnvironment);
        prefix = List.copyOf(prefix);
    }

    public int realPort(int containerPort) {
        return applicationPorts.getOrDefault(containerPort, containerPort);
    }
}
