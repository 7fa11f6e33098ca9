package dev.lateen.e2e.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Requests out of the vocabulary of [RouteTables]. Thread: one.
final class Calls {
    private static final Pattern ONLY_DOTS = Pattern.compile("[/.]*");
    private static final List<String> SEGMENTS = List.of(
            "a", "a", "b", "c", "A", "1", "a.html", "%41", "a%2Fb", "a%5Cb", "..", ".", "", "a;x", "x_y", "%7e");
    private static final List<String> QUERIES =
            List.of("a=1", "a=one", "b=x", "A=1", "a=", "a", "a=2&a=1", "c=%31", "a=%31", "b=a+b", "a=1&b=x", "&", "=");
    private static final List<String> HOSTS = List.of(
            "a.test",
            "a.test",
            "a.test",
            "a.test",
            "b.test",
            "b.test",
            "x.a.test",
            "a.test:8080",
            "x.a.test",
            "y.x.a.test",
            "A.Test",
            "a.other",
            "q-x.test",
            "a.test.",
            "nobody.example",
            "shop.default.svc",
            "10.1.0.1",
            "[::1]:8080");
    private static final List<String> VALUES = List.of("one", "two", "ONE", "12", "3", "onetwo", "", "o\tk", "é");
    private static final List<String> ANSWERS =
            List.of("503", "404", "500", "302", "418", "grpc-14", "grpc-0", "close");

    private static final List<String> GRPC_ANSWERS = List.of(
            "grpc-0", "grpc+0", "grpc+5", "grpc-1", "grpc-4", "grpc-8", "grpc-13", "grpc-14", "grpc+14", "503",
            "close");

    private final Dice dice;
    private final Wire wire;
    private final boolean deadlines;

    /// @param deadlines whether [RouteTables#SLOW] ends by the time that a call has for it
    Calls(Dice dice, Wire wire, boolean deadlines) {
        this.dice = dice;
        this.deadlines = deadlines;
        this.wire = wire;
    }

    /// @param fields field lines after `host`
    record Call(String id, String method, String target, String host, List<String> fields, String body) {
        String text() {
            StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nhost: " + host + "\r\n");
            fields.forEach(field -> text.append(field).append("\r\n"));
            return text.append("x-case: ")
                    .append(id)
                    .append("\r\n\r\n")
                    .append(body)
                    .toString();
        }
    }

    Call next(String id) {
        boolean grpc = wire == Wire.HTTP2 && dice.in(50);
        if (grpc && deadlines && dice.in(5)) {
            return slow(id);
        }
        String method =
                grpc ? "POST" : dice.one(List.of("GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"));
        List<String> fields = new ArrayList<>();
        String body = grpc ? "\0\0\0\0\2hi" : method.equals("POST") || method.equals("PUT") ? "hello" : "";
        if (!body.isEmpty()) {
            fields.add("content-length: " + body.length());
        }
        maybe(fields, 40, () -> "x-a: " + dice.one(VALUES));
        maybe(fields, 10, () -> "x-a: " + dice.one(VALUES));
        maybe(fields, 30, () -> "X-B: " + dice.one(VALUES));
        maybe(fields, 15, () -> "x-c: " + dice.one(VALUES));
        maybe(fields, 15, () -> "cookie: " + dice.one(List.of("one", "a=1; b=2", "two")));
        maybe(fields, 10, () -> "cookie: c=3");
        maybe(fields, 20, () -> "user-agent: test");
        maybe(
                fields,
                25,
                () -> "origin: " + dice.one(List.of("http://one.test", "https://two.test", "http://far.example")));
        maybe(fields, method.equals("OPTIONS") ? 60 : 3, () -> "access-control-request-method: POST");
        maybe(fields, 10, () -> "access-control-request-headers: x-a");
        maybe(fields, grpc ? 100 : 0, () -> "content-type: application/grpc");
        maybe(
                fields,
                grpc ? 0 : 12,
                () -> "content-type: " + dice.one(List.of("application/grpc", "application/grpc+proto", "text/plain")));
        maybe(fields, grpc ? 0 : 30, () -> "x-answer: " + dice.one(ANSWERS));
        maybe(fields, grpc ? 80 : 0, () -> "x-answer: " + dice.one(GRPC_ANSWERS));
        maybe(fields, 30, () -> "x-cluster: " + dice.one(List.of("red", "green", "nowhere")));
        maybe(fields, 20, () -> "x-host: " + dice.one(List.of("named.test", "Named.test:90")));
        maybe(
                fields,
                15,
                () -> "x-forwarded-for: "
                        + dice.one(List.of("10.0.0.1", "1.2.3.4, 10.0.0.2", "203.0.113.9", "nonsense")));
        maybe(
                fields,
                15,
                () -> "x-forwarded-proto: "
                        + dice.one(wire == Wire.HTTP2 ? List.of("http") : List.of("http", "https")));
        maybe(fields, 5, () -> "x-forwarded-host: was.test");
        maybe(fields, 20, () -> "x-request-id: 11111111-2222-4333-8444-555555555555");
        maybe(fields, wire == Wire.HTTP2 ? 0 : 10, () -> "x_under: 1");
        maybe(fields, 6, () -> "x-envoy-retry-on: " + dice.one(List.of("5xx", "retriable-4xx")));
        maybe(fields, 6, () -> "x-envoy-max-retries: " + dice.upTo(2));
        maybe(fields, 6, () -> "x-envoy-upstream-rq-timeout-ms: 30000");
        maybe(fields, 6, () -> "x-envoy-original-path: /was");
        maybe(fields, 6, () -> "x-envoy-internal: true");
        maybe(fields, 6, () -> "x-envoy-fault-abort-request: 418");
        maybe(fields, 6, () -> "x-envoy-hedge-on-per-try-timeout: true");
        maybe(fields, 8, () -> "grpc-timeout: " + dice.one(List.of("20S", "30000m", "1H")));
        maybe(
                fields,
                5,
                () -> "te: "
                        + dice.one(wire == Wire.HTTP2 ? List.of("trailers") : List.of("trailers", "gzip, trailers")));
        maybe(fields, 5, () -> "via: 1.1 before");
        return new Call(id, method, target(), dice.one(HOSTS), List.copyOf(fields), body);
    }

    /// Nobody answers it.
    private Call slow(String id) {
        List<String> fields = new ArrayList<>(
                List.of("content-type: application/grpc", "te: trailers", "x-answer: hang", "grpc-timeout: 300m"));
        maybe(fields, 30, () -> "x-cluster: red");
        return new Call(id, "POST", RouteTables.SLOW, dice.one(HOSTS), List.copyOf(fields), "\0\0\0\0\2hi");
    }

    private void maybe(List<String> fields, int percent, Supplier<String> field) {
        if (dice.in(percent)) {
            fields.add(field.get());
        }
    }

    private String target() {
        StringBuilder path = new StringBuilder();
        for (int n = 1 + dice.upTo(3); n > 0; n--) {
            path.append('/').append(dice.in(70) ? dice.one(List.of("a", "b", "c", "1")) : dice.one(SEGMENTS));
        }
        if (dice.in(15)) {
            path.append('/');
        }
        if (dice.in(8)) {
            path.setLength(1);
        }
        // What becomes of `//` alone, also behind dots, is a difference that is listed.
        while (path.indexOf("//") == 0
                || (path.indexOf("//") > 0 && ONLY_DOTS.matcher(path).matches())) {
            path.deleteCharAt(path.indexOf("//"));
        }
        if (dice.in(35)) {
            path.append('?').append(dice.one(QUERIES));
        }
        return path.toString();
    }
}
