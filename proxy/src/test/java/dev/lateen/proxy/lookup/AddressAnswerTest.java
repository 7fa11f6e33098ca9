package dev.lateen.proxy.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressAnswerTest {
    private static final byte[] QUESTION = question("a.test");
    /// `a.test` is `b.test` for 60 s, which has 10.0.0.1 and 10.0.0.2 for 30 s.
    private static final String ALIAS = "c00c 0005 0001 0000003c 0008 0162 04 74657374 00";
    private static final String FIRST = "c00c 0001 0001 0000001e 0004 0a000001";
    private static final String SECOND = "c00c 0001 0001 00000024 0004 0a000002";
    private static final String V6 = "c00c 001c 0001 00000005 0010 20010db8000000000000000000000001";

    private static byte[] question(String name) {
        try {
            return AddressQuestion.encode(0x1234, name, false);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] answer(int records, String... text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] question = QUESTION.clone();
        question[2] = (byte) 0x81;
        question[3] = (byte) 0x80;
        question[7] = (byte) records;
        out.writeBytes(question);
        for (String record : text) {
            out.writeBytes(HexFormat.of().parseHex(record.replace(" ", "")));
        }
        return out.toByteArray();
    }

    private static AddressAnswer read(byte[] message) {
        return AddressAnswer.read(message, message.length, QUESTION, false);
    }

    @Test
    void findsTheAddressesBehindAnAlias() throws Exception {
        AddressAnswer answer = read(answer(4, ALIAS, FIRST, V6, SECOND));
        assertThat(answer).isNotNull();
        assertThat(answer.addresses())
                .containsExactly(InetAddress.getByName("10.0.0.1"), InetAddress.getByName("10.0.0.2"));
        assertThat(answer.ttlSeconds()).isEqualTo(5);
        assertThat(answer.code()).isZero();
    }

    @Test
    void takesWhatIsThereOfAnAnswerThatWasCutOff() {
        byte[] whole = answer(2, FIRST, SECOND);
        AddressAnswer answer = AddressAnswer.read(whole, whole.length - 1, QUESTION, false);
        assertThat(answer).isNotNull();
        assertThat(answer.addresses()).hasSize(1);
    }

    @Test
    void leavesAloneWhatAnswersAnotherQuestion() {
        byte[] otherId = answer(1, FIRST);
        otherId[1]++;
        assertThat(read(otherId)).isNull();
        byte[] otherName = answer(1, FIRST);
        otherName[13] = 'x';
        assertThat(read(otherName)).isNull();
        assertThat(read(QUESTION)).as("the question itself").isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..test", ".a", "a.test.."})
    void asksForNoNameThatIsNone(String name) {
        assertThatThrownBy(() -> AddressQuestion.encode(1, name, false)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void asksForNoNameThatIsTooLong() {
        assertThatThrownBy(() -> AddressQuestion.encode(1, "a".repeat(64) + ".test", false))
                .isInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> AddressQuestion.encode(1, "a.".repeat(130) + "test", false))
                .isInstanceOf(UnknownHostException.class);
    }
}
