package dev.lateen.net.http2;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// The block of a request that a connection has seen before, so that most of it is in the table.
@State(Scope.Thread)
public class HpackBenchmark {
    private static final int LIMIT = 60 * 1024;

    private final RequestHead head = head();
    private final HpackEncoder encoder = new HpackEncoder();
    private final HpackDecoder decoder = new HpackDecoder();
    private final byte[] array = new byte[4096];
    private final byte[] block = warm();

    private static RequestHead head() {
        Headers headers = new Headers();
        headers.add("user-agent", "curl/8.9.1");
        headers.add("accept", "*/*");
        headers.add("accept-encoding", "gzip, deflate");
        headers.add("x-request-id", "6f1e1c1e-5b2d-4d0a-9a73-6ac0c7d43d44");
        headers.add("x-forwarded-proto", "http");
        headers.add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        headers.add("cookie", "session=0123456789abcdef");
        return new RequestHead(
                HttpVersion.HTTP_2,
                "GET",
                "http",
                "users.default.svc.cluster.local:80",
                "/api/users/42?verbose=true",
                headers);
    }

    /// Both tables are filled by the same blocks; the last one is what the connection goes on with.
    private byte[] warm() {
        byte[] last = new byte[0];
        for (int round = 0; round < 5; round++) {
            last = Arrays.copyOf(array, encode());
            decode(last);
        }
        return last;
    }

    @Benchmark
    public int encode() {
        encoder.begin(array, 0);
        encoder.request(head);
        return encoder.length();
    }

    @Benchmark
    public Object decode() {
        return decode(block);
    }

    private Object decode(byte[] bytes) {
        HeadAssembler fields = HeadAssembler.begin(LIMIT);
        try {
            decoder.decode(bytes, 0, bytes.length, fields);
        } catch (Http2Violation e) {
            throw new IllegalStateException("the block is refused", e);
        }
        return fields;
    }
}
