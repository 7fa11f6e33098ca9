package dev.lateen.control.workload;

import dev.lateen.xds.server.Peer;

/// Of the socket that a connection comes from.
///
/// Thread: any (pure function).
final class PeerAddress {
    private PeerAddress() {}

    /// The address without its port; empty where the transport has none.
    static String of(Peer peer) {
        String text = peer.address();
        String socket = text.substring(text.indexOf('/') + 1);
        int colon = socket.lastIndexOf(':');
        String address = colon < 0 ? "" : socket.substring(0, colon);
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }
}
