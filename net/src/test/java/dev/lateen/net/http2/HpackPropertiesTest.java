package dev.lateen.net.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random header lists through our HPACK and another implementation of it, block after block on one connection, so
/// that the dynamic tables of both must stay in step through insertions, evictions and changes of size.
class HpackPropertiesTest {
    private static final int BLOCKS = 400;
    private static final String[] NAMES = {
        "accept",
        "user-agent",
        "content-type",
        "authorization",
        "x-request-id",
        "date",
        "x-custom",
        "etag",
        "b3",
        "cookie2",
        "set-cookie",
        "grpc-status",
        "x-a-rather-long-name-of-a-field-that-nobody-knows",
        "content-length2"
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatWeEncodeIsDecodedElsewhere(long seed) throws Exception {
        Random random = new Random(seed);
        HpackEncoder encoder = new HpackEncoder();
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
        for (int block = 0; block < BLOCKS; block++) {
            if (random.nextInt(40) == 0) {
                int size = random.nextInt(4097);
                encoder.tableSize(size);
                // What the peer announced before it was told here.
                decoder.configuration().maxHeaderTableSize(size);
            }
            Headers headers = randomHeaders(random);
            encoder.begin(new byte[64], 9);
            encoder.response(200 + random.nextInt(300), new ResponseHead(200, headers));

            Http2Headers decoded =
                    decoder.decodeHeaders(3, Unpooled.wrappedBuffer(encoder.bytes(), 9, encoder.length() - 9));

            List<String> fields = new ArrayList<>();
            decoded.forEach(field -> fields.add(field.getKey() + ": " + field.getValue()));
            assertThat(fields.removeFirst()).startsWith(":status: ");
            assertThat(fields).isEqualTo(list(headers));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatOthersEncodeIsDecodedHere(long seed) throws Exception {
        Random random = new Random(seed);
        int huffmanFrom = random.nextBoolean() ? 0 : 512;
        DefaultHttp2HeadersEncoder encoder =
                new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true, 16, huffmanFrom);
        HpackDecoder decoder = new HpackDecoder();
        for (int block = 0; block < BLOCKS; block++) {
            if (random.nextInt(40) == 0) {
                encoder.configuration().maxHeaderTableSize(random.nextInt(4097));
            }
            Headers headers = randomHeaders(random);
            Http2Headers list = new DefaultHttp2Headers(false);
            headers.forEach(list::add);
            ByteBuf encoded = Unpooled.buffer();
            encoder.encodeHeaders(3, list, encoded);

            HeadAssembler fields = HeadAssembler.begin(1 << 20);
            decoder.decode(encoded.array(), encoded.readerIndex(), encoded.writerIndex(), fields);

            assertThat(list(fields.trailers(1))).containsExactlyInAnyOrderElementsOf(list(headers));
        }
    }

    private static List<String> list(Headers headers) {
        List<String> fields = new ArrayList<>();
        headers.forEach((name, value) -> fields.add(name + ": " + value));
        return fields;
    }

    private static Headers randomHeaders(Random random) {
        Headers headers = new Headers();
        int count = random.nextInt(12);
        for (int index = 0; index < count; index++) {
            headers.add(NAMES[random.nextInt(NAMES.length)], randomValue(random));
        }
        return headers;
    }

    private static String randomValue(Random random) {
        if (random.nextInt(3) > 0) {
            return "value " + random.nextInt(20);
        }
        int length = random.nextInt(random.nextInt(10) == 0 ? 3000 : 60);
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < length; index++) {
            // Printable Latin-1, both halves.
            text.append((char) (random.nextBoolean() ? 0x21 + random.nextInt(0x5e) : 0xa1 + random.nextInt(0x5e)));
        }
        return text.toString();
    }
}
