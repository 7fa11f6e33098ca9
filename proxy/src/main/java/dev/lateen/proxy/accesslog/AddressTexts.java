package dev.lateen.proxy.accesslog;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Texts of the addresses of connections that are logged again and again.
///
/// Limits: one address for each of its places, of which a connection has the same for life.
///
/// Thread: its owner's.
final class AddressTexts {
    private static final int PLACES = 256;

    private final @Nullable SocketAddress[] addresses = new SocketAddress[PLACES];
    private final byte[][] texts = new byte[PLACES][];

    /// Null where it is not known, or not any more.
    @SuppressWarnings("ReferenceEquality") // the connection's own; another equal one is written anew
    byte @Nullable [] find(SocketAddress address) {
        int place = place(address);
        return addresses[place] == address ? texts[place] : null;
    }

    void put(SocketAddress address, byte[] text) {
        int place = place(address);
        addresses[place] = address;
        texts[place] = text;
    }

    private static int place(SocketAddress address) {
        int hash = address.hashCode();
        return (hash ^ hash >>> 8 ^ hash >>> 16) & PLACES - 1;
    }
}
