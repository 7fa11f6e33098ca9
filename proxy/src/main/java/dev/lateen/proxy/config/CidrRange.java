package dev.lateen.proxy.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// An address prefix, such as `10.0.0.0/8`. Host bits are zero.
///
/// Thread: any (immutable).
public record CidrRange(InetAddress prefix, int bits) {
    /// Clears the host bits.
    public static CidrRange of(InetAddress address, int bits) {
        byte[] bytes = address.getAddress();
        for (int bit = bits; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        try {
            return new CidrRange(InetAddress.getByAddress(bytes), bits);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
        }
    }

    public boolean contains(InetAddress address) {
        byte[] own = prefix.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        int whole = bits >> 3;
        for (int index = 0; index < whole; index++) {
            if (own[index] != other[index]) {
                return false;
            }
        }
        int rest = bits & 7;
        return rest == 0 || ((own[whole] ^ other[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
    }

    @Override
    public String toString() {
        return prefix.getHostAddress() + "/" + bits;
    }
}
