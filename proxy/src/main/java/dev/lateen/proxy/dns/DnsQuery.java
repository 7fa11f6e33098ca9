package dev.lateen.proxy.dns;

import io.netty.buffer.ByteBuf;

/// What a client asks, as far as a forwarder has to know it. Netty's codec does not do: it rewrites names (IDN), and
/// what is forwarded has to keep its bytes.
///
/// Limits: one question, no answers, at most four additional records; names of 255 bytes.
///
/// Source: RFC 1035 §4.1, RFC 6891 §6.1. Thread: any.
///
/// @param name in lower case without the last dot; empty where it is none that a table could hold
/// @param questionBytes length of the question section
/// @param optAt offset of the OPT record; 0 for none
/// @param replyBytes the longest reply that the client takes over UDP
record DnsQuery(
        int id, boolean recursion, String name, int type, int recordClass, int questionBytes, int optAt, int replyBytes)
        implements DnsInput {
    static final int HEADER_BYTES = 12;
    static final int CLASS_IN = 1;
    static final int TYPE_A = 1;
    static final int TYPE_AAAA = 28;
    static final int FORMAT_ERROR = 1;
    static final int SERVER_FAILURE = 2;
    static final int NO_SUCH_NAME = 3;
    static final int NOT_IMPLEMENTED = 4;
    /// Its high bits are in the OPT record.
    static final int BAD_VERSION = 16;

    /// The longest datagram that we send and ask for.
    static final int MAX_DATAGRAM = 4096;

    private static final int TYPE_OPT = 41;
    private static final int MIN_DATAGRAM = 512;
    private static final int MOST_ADDITIONAL = 4;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LABEL = 63;
    private static final int RECORD_BYTES = 10;
    private static final int RECURSION_DESIRED = 0x0100;

    boolean asksAddress() {
        return recordClass == CLASS_IN && (type == TYPE_A || type == TYPE_AAAA);
    }

    /// Reads a message from the reader's index to the end; moves nothing.
    static DnsInput parse(ByteBuf message) {
        int start = message.readerIndex();
        if (message.readableBytes() < HEADER_BYTES) {
            return DnsInput.Noise.INSTANCE;
        }
        int id = message.getUnsignedShort(start);
        int flags = message.getUnsignedShort(start + 2);
        boolean recursion = (flags & RECURSION_DESIRED) != 0;
        if ((flags & 0x8000) != 0) {
            return DnsInput.Noise.INSTANCE;
        }
        if ((flags & 0x7800) != 0) {
            return new DnsInput.Refused(id, recursion, NOT_IMPLEMENTED);
        }
        int additional = message.getUnsignedShort(start + 10);
        boolean simple = message.getUnsignedShort(start + 4) == 1
                && message.getInt(start + 6) == 0
                && additional <= MOST_ADDITIONAL;
        return simple
                ? new Reader(message).query(id, recursion, additional)
                : new DnsInput.Refused(id, recursion, FORMAT_ERROR);
    }

    /// Walks through a message; -1 as a position means that it is malformed.
    private static final class Reader {
        private final ByteBuf message;
        private final int start;
        private final int end;
        private final StringBuilder name = new StringBuilder(64);
        private boolean plain = true;

        Reader(ByteBuf message) {
            this.message = message;
            this.start = message.readerIndex();
            this.end = message.writerIndex();
        }

        DnsInput query(int id, boolean recursion, int additional) {
            int at = name(start + HEADER_BYTES);
            if (at < 0 || end - at < 4) {
                return new DnsInput.Refused(id, recursion, FORMAT_ERROR);
            }
            int type = message.getUnsignedShort(at);
            int recordClass = message.getUnsignedShort(at + 2);
            int questionBytes = at + 4 - start - HEADER_BYTES;
            at += 4;
            int opt = 0;
            for (int i = 0; i < additional; i++) {
                int fields = owner(at);
                int next = fields < 0 ? -1 : record(fields);
                boolean isOpt = next > 0 && message.getUnsignedShort(fields) == TYPE_OPT;
                if (next < 0 || (isOpt && (opt != 0 || fields != at + 1))) {
                    return new DnsInput.Refused(id, recursion, FORMAT_ERROR);
                }
                opt = isOpt ? at : opt;
                at = next;
            }
            if (opt != 0 && message.getUnsignedByte(opt + 6) != 0) {
                return new DnsInput.Refused(id, recursion, BAD_VERSION);
            }
            int size = opt == 0 ? MIN_DATAGRAM : message.getUnsignedShort(opt + 3);
            return new DnsQuery(
                    id,
                    recursion,
                    plain ? name.toString() : "",
                    type,
                    recordClass,
                    questionBytes,
                    opt == 0 ? 0 : opt - start,
                    Math.clamp(size, MIN_DATAGRAM, MAX_DATAGRAM));
        }

        /// The question's name, which nothing before it could be an abbreviation of.
        private int name(int from) {
            int at = from;
            while (at < end) {
                int length = message.getUnsignedByte(at++);
                if (length == 0) {
                    return at;
                }
                if (length > LONGEST_LABEL || end - at < length || at + length - from >= LONGEST_NAME) {
                    return -1;
                }
                if (!name.isEmpty()) {
                    name.append('.');
                }
                for (int last = at + length; at < last; at++) {
                    int letter = message.getUnsignedByte(at);
                    plain &= letter > ' ' && letter < 0x7f && letter != '.';
                    name.append((char) (letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter));
                }
            }
            return -1;
        }

        /// Steps over a record's owner, which may be abbreviated.
        private int owner(int from) {
            int at = from;
            while (at < end && at - from < LONGEST_NAME) {
                int length = message.getUnsignedByte(at++);
                if (length == 0) {
                    return at;
                }
                if (length >= 0xc0) {
                    return at < end ? at + 1 : -1;
                }
                if (length > LONGEST_LABEL) {
                    return -1;
                }
                at += length;
            }
            return -1;
        }

        /// Steps over what follows a record's owner.
        private int record(int from) {
            if (end - from < RECORD_BYTES) {
                return -1;
            }
            int length = message.getUnsignedShort(from + RECORD_BYTES - 2);
            int next = from + RECORD_BYTES + length;
            return next <= end ? next : -1;
        }
    }
}
