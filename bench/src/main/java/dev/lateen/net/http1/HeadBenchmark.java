package dev.lateen.net.http1;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.RequestHead;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A request's head with nine fields: read, and written to the upstream.
@State(Scope.Thread)
public class HeadBenchmark {
    private static final byte[] HEAD = """
            GET /api/users/42?verbose=true HTTP/1.1\r
            host: users.default.svc.cluster.local:80\r
            user-agent: curl/8.9.1\r
            accept: */*\r
            accept-encoding: gzip, deflate\r
            x-request-id: 6f1e1c1e-5b2d-4d0a-9a73-6ac0c7d43d44\r
            x-forwarded-proto: http\r
            traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r
            cookie: session=0123456789abcdef\r
            content-length: 0\r
            \r
            """.getBytes(StandardCharsets.US_ASCII);

    private final HeadParser parser = new HeadParser(new FieldParser(), HttpLimits.DEFAULT, "http");
    private final HeadWriter writer = new HeadWriter();
    private final RequestHead parsed = parse();

    @Benchmark
    public RequestHead parse() {
        if (parser.parseRequest(HEAD, 0, HEAD.length) != null) {
            throw new IllegalStateException("the head is refused");
        }
        return parser.request();
    }

    @Benchmark
    public int encode() {
        Headers headers = parsed.headers();
        writer.request(parsed.method(), parsed.path(), parsed.authority(), headers);
        writer.fields(headers, true);
        writer.end();
        return writer.length();
    }
}
