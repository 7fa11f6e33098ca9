package dev.lateen.proxy.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes answers.
///
/// Source: RFC 1035 §4, RFC 6891 §7. Thread: any.
final class DnsMessages {
    static final int TRUNCATED = 0x0200;

    private static final int ANSWER = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int TYPE_CNAME = 5;
    private static final int TTL_SECONDS = 30;
    private static final int OPT_BYTES = 11;
    /// Of a record whose owner is a reference: all but its data.
    private static final int RECORD_BYTES = 12;

    private static final int REFERENCE = 0xc000;

    private DnsMessages() {}

    /// An answer of the mesh. Those of the addresses that are too many for `limit` are left out, which the answer says.
    ///
    /// @param turn which address comes first
    static ByteBuf known(
            ByteBufAllocator allocator, ByteBuf asked, DnsQuery query, NameTable.Match match, Limit limit, int turn) {
        byte[][] addresses = query.type() == DnsQuery.TYPE_A
                ? match.addresses().ipv4()
                : match.addresses().ipv6();
        ByteBuf out = allocator.buffer(DnsQuery.MAX_DATAGRAM / 8);
        out.writeShort(query.id()).writeZero(DnsQuery.HEADER_BYTES - 2);
        out.writeBytes(asked, asked.readerIndex() + DnsQuery.HEADER_BYTES, query.questionBytes());
        int owner = DnsQuery.HEADER_BYTES;
        int answers = 0;
        if (!match.canonical().isEmpty()) {
            owner = alias(out, match.canonical());
            answers++;
        }
        int room = limit.bytes() - (query.optAt() > 0 ? OPT_BYTES : 0);
        boolean whole = true;
        for (int i = 0; i < addresses.length; i++) {
            byte[] address = addresses[Math.floorMod(turn + i, addresses.length)];
            if (out.readableBytes() + RECORD_BYTES + address.length > room) {
                whole = false;
                break;
            }
            record(out, owner, query.type(), address.length);
            out.writeBytes(address);
            answers++;
        }
        boolean options = query.optAt() > 0;
        if (options) {
            options(out, 0);
        }
        int flags = ANSWER | AUTHORITATIVE | recursion(query.recursion()) | (whole ? 0 : TRUNCATED);
        out.setShort(2, flags).setShort(4, 1).setShort(6, answers).setShort(10, options ? 1 : 0);
        return out;
    }

    /// How long an answer may be. Over TCP, as long as its length can say.
    record Limit(int bytes) {
        static final Limit TCP = new Limit(0xffff);
    }

    /// A refusal without a question, which may not have been one.
    static ByteBuf refusal(ByteBufAllocator allocator, DnsInput.Refused refused) {
        ByteBuf out = allocator.buffer(DnsQuery.HEADER_BYTES + OPT_BYTES);
        boolean extended = refused.code() > 0xf;
        out.writeShort(refused.id()).writeShort(ANSWER | recursion(refused.recursion()) | (refused.code() & 0xf));
        out.writeZero(6).writeShort(extended ? 1 : 0);
        if (extended) {
            options(out, refused.code() >> 4);
        }
        return out;
    }

    /// The question without an answer.
    static ByteBuf empty(ByteBufAllocator allocator, ByteBuf asked, DnsQuery query, int code) {
        int length = DnsQuery.HEADER_BYTES + query.questionBytes();
        ByteBuf out = allocator.buffer(length + OPT_BYTES);
        out.writeShort(query.id()).writeShort(ANSWER | recursion(query.recursion()) | code);
        out.writeShort(1).writeInt(0).writeShort(query.optAt() > 0 ? 1 : 0);
        out.writeBytes(asked, asked.readerIndex() + DnsQuery.HEADER_BYTES, query.questionBytes());
        if (query.optAt() > 0) {
            options(out, 0);
        }
        return out;
    }

    /// A name server's reply, for the client that asked. One that is too long says so instead.
    static byte[] forwarded(byte[] reply, DnsQuery query, Limit limit) {
        byte[] out = reply;
        if (reply.length > limit.bytes()) {
            out = Arrays.copyOf(reply, DnsQuery.HEADER_BYTES + query.questionBytes());
            out[2] |= (byte) (TRUNCATED >> Byte.SIZE);
            out[4] = 0;
            out[5] = 1;
            Arrays.fill(out, 6, DnsQuery.HEADER_BYTES, (byte) 0);
        }
        out[0] = (byte) (query.id() >> Byte.SIZE);
        out[1] = (byte) query.id();
        return out;
    }

    /// What a name server is asked: the client's own bytes under another id, and for no more bytes than we take.
    static byte[] question(ByteBuf asked, DnsQuery query) {
        byte[] out = new byte[asked.readableBytes()];
        asked.getBytes(asked.readerIndex(), out);
        if (query.optAt() > 0) {
            out[query.optAt() + 3] = (byte) (query.replyBytes() >> Byte.SIZE);
            out[query.optAt() + 4] = (byte) query.replyBytes();
        }
        return out;
    }

    private static int recursion(boolean desired) {
        return RECURSION_AVAILABLE | (desired ? RECURSION_DESIRED : 0);
    }

    /// @return where the name is written for which the question's is an alias
    private static int alias(ByteBuf out, String canonical) {
        record(out, DnsQuery.HEADER_BYTES, TYPE_CNAME, canonical.length() + 2);
        int at = out.readableBytes();
        for (int from = 0; from <= canonical.length(); ) {
            int dot = canonical.indexOf('.', from);
            int to = dot < 0 ? canonical.length() : dot;
            out.writeByte(to - from);
            out.writeCharSequence(canonical.subSequence(from, to), StandardCharsets.US_ASCII);
            from = to + 1;
        }
        out.writeByte(0);
        return at;
    }

    private static void record(ByteBuf out, int owner, int type, int length) {
        out.writeShort(REFERENCE | owner).writeShort(type).writeShort(DnsQuery.CLASS_IN);
        out.writeInt(TTL_SECONDS).writeShort(length);
    }

    private static void options(ByteBuf out, int extendedCode) {
        out.writeByte(0).writeShort(41).writeShort(DnsQuery.MAX_DATAGRAM);
        out.writeByte(extendedCode).writeZero(3).writeShort(0);
    }
}
