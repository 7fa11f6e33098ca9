package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeySetsTest {
    @Test
    void aSetWithAKeyStaysAsItIs() {
        String keys = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"a\",\"y\":\"b\"}]}";
        assertThat(KeySets.usable(keys)).isEqualTo(keys);
    }

    @Test
    void aSetWithoutKeysAcceptsNoTokenButSpoilsNoListener() {
        assertThat(KeySets.usable("{\"keys\":[]}")).contains("\"kid\":\"none\"");
    }

    @Test
    void aKeyThatLacksItsNumbersIsNone() {
        assertThat(KeySets.usable("{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}"))
                .contains("\"kid\":\"none\"");
    }
}
