package dev.lateen.proxy.dns;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Map;
import java.util.Optional;

/// Any bytes on the port of the name server, and whatever is answered to them.
class DnsQueryFuzzTest {
    private static final NameTable.Addresses ADDRESSES =
            new NameTable.Addresses(new byte[][] {{10, 0, 0, 1}, {10, 0, 0, 2}}, new byte[0][]);
    private final NameTable names =
            new NameTable(Map.of("*", ADDRESSES, "a.b", ADDRESSES), Optional.of("svc.cluster.local"));

    @FuzzTest
    void answersOrRefusesAnyBytes(byte[] bytes) {
        ByteBuf message = Unpooled.wrappedBuffer(bytes);
        switch (DnsQuery.parse(message)) {
            case DnsInput.Noise _ -> {}
            case DnsInput.Refused refused -> check(DnsMessages.refusal(UnpooledByteBufAllocator.DEFAULT, refused), 23);
            case DnsQuery query -> {
                byte[] question = DnsMessages.question(message, query);
                if (question.length != bytes.length) {
                    throw new IllegalStateException("what is forwarded has another length");
                }
                NameTable.Match match = query.name().isEmpty() ? null : names.find(query.name());
                if (match != null) {
                    DnsMessages.Limit limit = new DnsMessages.Limit(query.replyBytes());
                    check(
                            DnsMessages.known(UnpooledByteBufAllocator.DEFAULT, message, query, match, limit, 1),
                            limit.bytes() + 300);
                }
                check(DnsMessages.empty(UnpooledByteBufAllocator.DEFAULT, message, query, 0), 12 + 255 + 4 + 11);
                DnsMessages.forwarded(question, query, new DnsMessages.Limit(512));
            }
        }
    }

    private static void check(ByteBuf answer, int most) {
        int length = answer.readableBytes();
        answer.release();
        if (length > most) {
            throw new IllegalStateException("an answer of " + length + " bytes");
        }
    }
}
