package dev.lateen.proxy.lookup;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a name server says of a name's addresses. Aliases on the way are its business: every address counts that its
/// answer holds.
///
/// Limits: 64 addresses.
///
/// Source: RFC 1035 §4. Thread: any (immutable).
///
/// @param code the response code
/// @param ttlSeconds the least of all records; 0 where there is none
record AddressAnswer(int code, List<InetAddress> addresses, long ttlSeconds) {
    private static final int HEADER = 12;
    private static final int MAX_ADDRESSES = 64;
    private static final int POINTER = 0xc0;

    AddressAnswer {
        addresses = List.copyOf(addresses);
    }

    /// Null where it is no answer to this question.
    static @Nullable AddressAnswer read(byte[] message, int length, byte[] question, boolean v6) {
        if (length < question.length
                || message[0] != question[0]
                || message[1] != question[1]
                || (message[2] & 0xf8) != 0x80
                || uint16(message, 4) != 1
                || !repeats(message, question)) {
            return null;
        }
        int code = message[3] & 0xf;
        List<InetAddress> found = new ArrayList<>();
        long ttl = Long.MAX_VALUE;
        int at = question.length;
        int records = uint16(message, 6);
        for (int record = 0; record < records && found.size() < MAX_ADDRESSES; record++) {
            int fixed = afterName(message, length, at);
            if (fixed < 0 || fixed + 10 > length) {
                break;
            }
            int type = uint16(message, fixed);
            int size = uint16(message, fixed + 8);
            int data = fixed + 10;
            if (data + size > length) {
                break;
            }
            ttl = Math.min(ttl, (long) uint16(message, fixed + 4) << Short.SIZE | uint16(message, fixed + 6));
            boolean fits = v6 ? type == AddressQuestion.AAAA && size == 16 : type == AddressQuestion.A && size == 4;
            if (fits) {
                found.add(address(Arrays.copyOfRange(message, data, data + size)));
            }
            at = data + size;
        }
        return new AddressAnswer(code, found, ttl == Long.MAX_VALUE ? 0 : Math.min(ttl, Integer.MAX_VALUE));
    }

    private static boolean repeats(byte[] message, byte[] question) {
        for (int index = HEADER; index < question.length; index++) {
            if (lower(message[index]) != lower(question[index])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    /// -1 where the message ends before the name.
    private static int afterName(byte[] message, int length, int start) {
        int at = start;
        while (at < length) {
            int label = message[at] & 0xff;
            if (label == 0) {
                return at + 1;
            }
            if ((label & POINTER) == POINTER) {
                return at + 2;
            }
            at += label + 1;
        }
        return -1;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    private static int uint16(byte[] message, int at) {
        return (message[at] & 0xff) << Byte.SIZE | (message[at + 1] & 0xff);
    }
}
