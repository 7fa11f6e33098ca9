package dev.lateen.net.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Source: RFC 7541 appendix C for the blocks that are well formed.
class HpackDecoderTest {
    private static final int LIMIT = 60 * 1024;

    private final HpackDecoder decoder = new HpackDecoder();

    private HeadAssembler decode(String hex) throws Http2Violation {
        return decode(hex, LIMIT);
    }

    private HeadAssembler decode(String hex, int limit) throws Http2Violation {
        byte[] block = HexFormat.of().parseHex(hex.replace(" ", ""));
        HeadAssembler fields = HeadAssembler.begin(limit);
        decoder.decode(block, 0, block.length, fields);
        return fields;
    }

    private String request(String hex) throws Http2Violation {
        RequestHead head = decode(hex).request(1, "http");
        return head + " | " + head.headers().toString().replace("\n", " | ");
    }

    private String response(String hex) throws Http2Violation {
        ResponseHead head = decode(hex).response(1);
        return head + " | " + head.headers().toString().replace("\n", " | ");
    }

    @Test
    void decodesTheRequestsOfAppendixC3() throws Http2Violation {
        assertThat(request("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
                .isEqualTo("GET http://www.example.com/ HTTP/2 | ");
        assertThat(request("8286 84be 5808 6e6f 2d63 6163 6865"))
                .isEqualTo("GET http://www.example.com/ HTTP/2 | cache-control: no-cache | ");
        assertThat(request("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"))
                .isEqualTo("GET https://www.example.com/index.html HTTP/2 | custom-key: custom-value | ");
    }

    @Test
    void decodesTheHuffmanCodedRequestsOfAppendixC4() throws Http2Violation {
        assertThat(request("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
                .isEqualTo("GET http://www.example.com/ HTTP/2 | ");
        assertThat(request("8286 84be 5886 a8eb 1064 9cbf"))
                .isEqualTo("GET http://www.example.com/ HTTP/2 | cache-control: no-cache | ");
        assertThat(request("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
                .isEqualTo("GET https://www.example.com/index.html HTTP/2 | custom-key: custom-value | ");
    }

    @Test
    void evictsAsInAppendixC6() throws Http2Violation {
        // The appendix uses a table of 256 bytes, which an update at the start of the first block makes.
        String common =
                "cache-control: private | date: Mon, 21 Oct 2013 20:13:21 GMT | location: https://www.example.com | ";

        assertThat(response(
                        "3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b "
                                + "ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3"))
                .isEqualTo("302 | " + common);
        assertThat(response("4883 640e ffc1 c0bf")).isEqualTo("307 | " + common);
        assertThat(response("88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 "
                        + "821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed "
                        + "4ee5 b106 3d50 07"))
                .isEqualTo("200 | cache-control: private | date: Mon, 21 Oct 2013 20:13:22 GMT"
                        + " | location: https://www.example.com | content-encoding: gzip"
                        + " | set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1 | ");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "80, index 0",
        "be, index beyond the table",
        "ffffffffff0f, integer too large",
        "ff, integer cut off",
        "0005616263, string cut off",
        "00, string missing",
        "3fe21f, table above the limit",
        "8220, table size update behind a field",
        "0081ff81ff, padding of eight bits",
        "00818081 00, padding of zeros",
        "0084ffffffff00, end of string",
    })
    void refusesABrokenBlock(String hex, String why) {
        assertThatThrownBy(() -> decode(hex))
                .as(why)
                .isInstanceOf(Http2Violation.class)
                .satisfies(thrown -> {
                    Http2Violation violation = (Http2Violation) thrown;
                    assertThat(violation.streamId()).isZero();
                    assertThat(violation.code()).isEqualTo(ErrorCode.COMPRESSION_ERROR);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Name `Ab`, name ``, value with LF, `connection`, `te: gzip`, a second :method, :method behind a
                // field,
                // an unknown pseudo-header field, :status.
                "828684 0002 4162 00",
                "828684 0000 00",
                "828684 0001 61 02 0a62",
                "828684 000a 636f6e6e656374696f6e 00",
                "828684 0002 7465 04 677a6970",
                "82828684",
                "8286 0001 6100 84",
                "828684 0003 3a6162 00",
                "82868488",
                // No :path, no :method, a path without a slash.
                "8286",
                "8684",
                "8286 0401 61",
            })
    void refusesAMalformedRequestForItsStreamOnly(String hex) {
        assertThatThrownBy(() -> decode(hex).request(7, "http")).satisfies(thrown -> {
            Http2Violation violation = (Http2Violation) thrown;
            assertThat(violation.streamId()).isEqualTo(7);
            assertThat(violation.code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
        });
    }

    @Test
    void refusesAMalformedFieldAlsoWhereTheTableRepeatsIt() throws Http2Violation {
        assertThat(decode("828684 4001 61 01 0a").isTooLarge()).isFalse();

        assertThatThrownBy(() -> decode("828684be").request(3, "http")).isInstanceOf(Http2Violation.class);
    }

    @Test
    void keepsTheTableInStepWhereTheListIsTooLarge() throws Http2Violation {
        HeadAssembler fields = decode("4001 61 01 62", 20);

        assertThat(fields.isTooLarge()).isTrue();
        assertThat(request("828684be")).isEqualTo("GET http:/// HTTP/2 | a: b | ");
    }

    @Test
    void keepsNothingOfABomb() throws Http2Violation {
        // One field of 4000 bytes, then a thousand references to it.
        decode("4001 61 7fa11e" + "62".repeat(4000));

        HeadAssembler fields = decode("be".repeat(1000));

        assertThat(fields.isTooLarge()).isTrue();
        assertThat(fields.trailers(1).size()).isLessThanOrEqualTo(LIMIT / 4000);
    }

    @Test
    void joinsCookieCrumbs() throws Http2Violation {
        assertThat(request("828684 0f1103 613d31 0f1103 623d32")).endsWith("| cookie: a=1; b=2 | ");
    }
}
