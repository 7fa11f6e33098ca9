package dev.lateen.proxy.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/// Wraps the older forms of private keys in PKCS#8, the only one that the JDK reads.
///
/// Source: RFC 5208, RFC 5915 (EC), RFC 8017 (RSA).
final class Pkcs8 {
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final byte[] RSA_ENCRYPTION = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int OBJECT_ID = 0x06;
    private static final int PARAMETERS = 0xa0;

    private Pkcs8() {}

    static byte[] ofRsa(byte[] pkcs1) {
        return element(SEQUENCE, VERSION_0, RSA_ENCRYPTION, element(OCTETS, pkcs1));
    }

    /// Empty where the key does not name its curve.
    static Optional<byte[]> ofEc(byte[] sec1) {
        int sequence = contentAt(sec1, 0);
        int at = sequence;
        while (at > 0 && at < sec1.length) {
            int content = contentAt(sec1, at);
            if (content < 0) {
                return Optional.empty();
            }
            int end = content + lengthAt(sec1, at);
            if ((sec1[at] & 0xff) == PARAMETERS && content < sec1.length && sec1[content] == OBJECT_ID) {
                byte[] curve = Arrays.copyOfRange(sec1, content, Math.min(end, sec1.length));
                byte[] algorithm = element(SEQUENCE, EC_PUBLIC_KEY, curve);
                return Optional.of(element(SEQUENCE, VERSION_0, algorithm, element(OCTETS, sec1)));
            }
            at = end;
        }
        return Optional.empty();
    }

    /// Where the content of the element at this offset begins, or -1.
    private static int contentAt(byte[] der, int offset) {
        if (offset + 1 >= der.length) {
            return -1;
        }
        int first = der[offset + 1] & 0xff;
        return first < 0x80 ? offset + 2 : offset + 2 + (first & 0x7f);
    }

    private static int lengthAt(byte[] der, int offset) {
        int first = der[offset + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int index = 0; index < Math.min(first & 0x7f, 3) && offset + 2 + index < der.length; index++) {
            length = (length << 8) | (der[offset + 2 + index] & 0xff);
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
