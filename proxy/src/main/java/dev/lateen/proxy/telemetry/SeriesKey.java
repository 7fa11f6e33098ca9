package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.stream.PeerInfo;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What tells two series of Istio's metrics apart, for one reporter. Mutable so that looking a series up costs no
/// object: an event loop fills the same key again and again, and stores a copy.
///
/// Thread: its event loop.
final class SeriesKey {
    static final String OTHER = "other";
    private static final PeerInfo OTHER_PEER = new PeerInfo(OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER);

    PeerInfo peer = PeerInfo.UNKNOWN;
    DestinationService service = DestinationService.UNKNOWN;
    String host = "";
    String sourcePrincipal = "";
    String destinationPrincipal = "";
    String protocol = "";
    String flags = "";
    String security = "";
    int status;
    int grpcStatus;
    /// Values of the configuration's expressions.
    final String[] custom;

    SeriesKey(int expressions) {
        this.custom = new String[expressions];
        Arrays.fill(custom, "");
    }

    /// Keeps what has few values: protocol, status, flags, security.
    void fold() {
        peer = OTHER_PEER;
        service = DestinationService.OTHER;
        host = OTHER;
        sourcePrincipal = OTHER;
        destinationPrincipal = OTHER;
        Arrays.fill(custom, OTHER);
    }

    @SuppressWarnings("ReferenceEquality") // nobody else has it
    boolean isFolded() {
        return peer == OTHER_PEER;
    }

    SeriesKey copy() {
        SeriesKey copy = new SeriesKey(custom.length);
        System.arraycopy(custom, 0, copy.custom, 0, custom.length);
        copy.peer = peer.workloadAlone();
        copy.service = service;
        copy.host = host;
        copy.sourcePrincipal = sourcePrincipal;
        copy.destinationPrincipal = destinationPrincipal;
        copy.protocol = protocol;
        copy.flags = flags;
        copy.security = security;
        copy.status = status;
        copy.grpcStatus = grpcStatus;
        return copy;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a shortcut: mostly the very same objects
    public boolean equals(@Nullable Object other) {
        return other instanceof SeriesKey that
                && status == that.status
                && grpcStatus == that.grpcStatus
                && (peer == that.peer || peer.equals(that.peer))
                && (service == that.service || service.equals(that.service))
                && host.equals(that.host)
                && protocol.equals(that.protocol)
                && flags.equals(that.flags)
                && security.equals(that.security)
                && Objects.equals(sourcePrincipal, that.sourcePrincipal)
                && Objects.equals(destinationPrincipal, that.destinationPrincipal)
                && Arrays.equals(custom, that.custom);
    }

    /// Of what differs most; strings keep their hashes.
    @Override
    public int hashCode() {
        int hash = peer.workload().hashCode();
        hash = 31 * hash + peer.namespace().hashCode();
        hash = 31 * hash + host.hashCode();
        hash = 31 * hash + sourcePrincipal.hashCode();
        hash = 31 * hash + status;
        hash = 31 * hash + flags.hashCode();
        hash = 31 * hash + grpcStatus;
        for (String value : custom) {
            hash = 31 * hash + value.hashCode();
        }
        return hash;
    }
}
