package dev.lateen.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DnsQueryTest {
    private static DnsInput parse(byte[] message) {
        return DnsQuery.parse(Unpooled.wrappedBuffer(message));
    }

    @Test
    void readsNameAndTypeOfAQuestion() {
        assertThat(parse(Questions.of(7, "Orders.Shop.svc", 28)))
                .isEqualTo(new DnsQuery(7, true, "orders.shop.svc", 28, 1, 21, 0, 512));
    }

    @Test
    void readsHowLongAnAnswerMayBe() {
        assertThat(parse(Questions.of(7, "a.b", 1, 1232)))
                .isInstanceOfSatisfying(
                        DnsQuery.class, query -> assertThat(query.replyBytes()).isEqualTo(1232));
        assertThat(parse(Questions.of(7, "a.b", 1, 65_535)))
                .isInstanceOfSatisfying(
                        DnsQuery.class, query -> assertThat(query.replyBytes()).isEqualTo(DnsQuery.MAX_DATAGRAM));
        assertThat(parse(Questions.of(7, "a.b", 1, 100)))
                .isInstanceOfSatisfying(
                        DnsQuery.class, query -> assertThat(query.replyBytes()).isEqualTo(512));
    }

    @Test
    void takesNoAnswerForAQuestion() {
        assertThat(parse(Questions.answer(Questions.of(7, "a.b", 1), 1))).isEqualTo(DnsInput.Noise.INSTANCE);
        assertThat(parse(new byte[11])).isEqualTo(DnsInput.Noise.INSTANCE);
    }

    @Test
    void refusesWhatEndsEarly() {
        byte[] whole = Questions.of(7, "orders.shop", 1, 1232);
        for (int length = 12; length < whole.length; length++) {
            assertThat(parse(Arrays.copyOf(whole, length)))
                    .as("%s bytes", length)
                    .isEqualTo(new DnsInput.Refused(7, true, DnsQuery.FORMAT_ERROR));
        }
    }

    @Test
    void refusesAnAbbreviatedQuestion() {
        byte[] message = Questions.of(7, "a.b", 1);
        message[12] = (byte) 0xc0;
        assertThat(parse(message)).isEqualTo(new DnsInput.Refused(7, true, DnsQuery.FORMAT_ERROR));
    }

    @Test
    void refusesOtherVersionsAndOperations() {
        byte[] version = Questions.of(7, "a.b", 1, 1232);
        version[version.length - 5] = 1;
        assertThat(parse(version)).isEqualTo(new DnsInput.Refused(7, true, DnsQuery.BAD_VERSION));
        byte[] update = Questions.of(7, "a.b", 1);
        update[2] |= 0x28;
        assertThat(parse(update)).isEqualTo(new DnsInput.Refused(7, true, DnsQuery.NOT_IMPLEMENTED));
    }

    @Test
    void looksForNoNameThatHidesADotInALabel() {
        byte[] message = Questions.of(7, "a_b", 1);
        message[14] = '.';
        assertThat(parse(message))
                .isInstanceOfSatisfying(
                        DnsQuery.class, query -> assertThat(query.name()).isEmpty());
    }
}
