package dev.lateen.proxy.lookup;

import java.io.ByteArrayOutputStream;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/// The question for a name's addresses, as it goes to a name server that is to look further itself.
///
/// Source: RFC 1035 §4. Thread: any.
final class AddressQuestion {
    private static final int MAX_LABEL = 63;
    private static final int MAX_NAME = 253;
    static final int A = 1;
    static final int AAAA = 28;

    private AddressQuestion() {}

    static byte[] encode(int id, String name, boolean v6) throws UnknownHostException {
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (plain.isEmpty() || plain.length() > MAX_NAME) {
            throw new UnknownHostException(name);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length() + 18);
        short16(out, id);
        short16(out, 0x0100); // recursion is desired
        short16(out, 1);
        short16(out, 0);
        short16(out, 0);
        short16(out, 0);
        for (String label : plain.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length == 0 || bytes.length > MAX_LABEL) {
                throw new UnknownHostException(name);
            }
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        out.write(0);
        short16(out, v6 ? AAAA : A);
        short16(out, 1);
        return out.toByteArray();
    }

    private static void short16(ByteArrayOutputStream out, int value) {
        out.write(value >> Byte.SIZE);
        out.write(value);
    }
}
