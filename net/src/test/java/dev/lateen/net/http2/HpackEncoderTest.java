package dev.lateen.net.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HpackEncoderTest {
    private final HpackEncoder encoder = new HpackEncoder();

    private String encode(String name, String value) {
        Headers headers = new Headers();
        headers.add(name, value);
        encoder.begin(new byte[0], 0);
        encoder.fields(headers);
        return HexFormat.of().formatHex(Arrays.copyOf(encoder.bytes(), encoder.length()));
    }

    @Test
    void indexesAFieldThatRepeats() {
        assertThat(encode("x-a", "b")).isEqualTo("00" + "03782d61" + "0162");
        assertThat(encode("x-a", "b")).isEqualTo("40" + "03782d61" + "0162");
        assertThat(encode("x-a", "b")).isEqualTo("be");
    }

    @Test
    void marksSecretsAsNeverToBeIndexed() {
        assertThat(encode("authorization", "s")).isEqualTo("1f08" + "0173");
        assertThat(encode("authorization", "s")).isEqualTo("1f08" + "0173");
    }

    @Test
    void leavesUniqueValuesOutOfTheTable() {
        assertThat(encode("x-request-id", "1"))
                .isEqualTo(encode("x-request-id", "1"))
                .startsWith("00");
    }

    @Test
    void dropsFieldsOfAnHttp1Connection() {
        assertThat(encode("connection", "close")).isEmpty();
    }

    @Test
    void announcesASmallerTableBeforeTheNextBlock() {
        encoder.tableSize(0);
        encoder.tableSize(100);

        assertThat(encode("x-a", "b")).startsWith("20" + "3f45");
    }
}
