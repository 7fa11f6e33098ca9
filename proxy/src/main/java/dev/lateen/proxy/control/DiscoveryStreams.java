package dev.lateen.proxy.control;

import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.xds.client.AdsTransport;
import java.util.Optional;
import java.util.function.Supplier;

/// Streams to the control plane that prove who this workload is, for an agent that hands on what somebody else
/// asks.
public final class DiscoveryStreams {
    private DiscoveryStreams() {}

    /// @param own certificate as it is now
    public static AdsTransport of(
            EventLoops loops, ServerAddress server, KnownRoots known, Supplier<Optional<WorkloadCertificate>> own) {
        ServerConnections connections = new ServerConnections(loops, server, known, own);
        return (path, events) -> DiscoveryStream.withToken(connections).open(path, events);
    }
}
