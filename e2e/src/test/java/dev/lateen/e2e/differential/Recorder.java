package dev.lateen.e2e.differential;

import dev.lateen.e2e.behaviour.Upstream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Servers behind one proxy, which answer as `x-answer` asks and keep what they saw. Thread: any.
final class Recorder implements AutoCloseable {
    private final Map<String, Upstream> servers = new LinkedHashMap<>();
    private final Map<String, Http2Server> http2 = new LinkedHashMap<>();

    Recorder(List<String> names, Wire wire) throws IOException {
        for (String name : names) {
            if (wire.isHttp2(name)) {
                http2.put(name, new Http2Server(name));
            } else {
                servers.put(name, new Upstream((request, socket) -> answer(name, request, socket)));
            }
        }
    }

    boolean isHttp2(String name) {
        return http2.containsKey(name);
    }

    int port(String name) {
        return isHttp2(name) ? http2.get(name).port() : servers.get(name).port();
    }

    /// What came, by `x-case`: the server and the request, fields in the order of their names. Copies and attempts come
    /// in no order of their own.
    Map<String, List<String>> seen() {
        Map<String, List<String>> seen = new LinkedHashMap<>();
        servers.forEach((name, server) -> keep(seen, name, server.requests()));
        http2.forEach((name, server) -> keep(seen, name, server.requests()));
        seen.values().forEach(requests -> requests.sort(null));
        return seen;
    }

    private static void keep(Map<String, List<String>> seen, String name, List<String> requests) {
        for (String request : requests) {
            seen.computeIfAbsent(field(request, "x-case"), _ -> new ArrayList<>())
                    .add(name + " saw " + Message.normal(name.equals("shadow") ? plainCopy(request) : request));
        }
    }

    /// Envoy's copies come from within: `x-envoy-internal`, one address more, and a time of their own.
    private static String plainCopy(String request) {
        return request.replaceAll("(?m)^(x-envoy-internal|x-forwarded-for|x-envoy-expected-rq-timeout-ms): .*\r\n", "");
    }

    private static void answer(String name, String request, Socket socket) throws IOException {
        String wanted = field(request, "x-answer");
        if (wanted.equals("close")) {
            socket.close();
            return;
        }
        if (wanted.equals("hang")) {
            return;
        }
        boolean grpc = wanted.startsWith("grpc");
        int status = wanted.isEmpty() || grpc ? 200 : Integer.parseInt(wanted);
        String body = grpc ? "" : name;
        String answer = "HTTP/1.1 " + status + " Status\r\ncontent-length: " + body.length() + "\r\nx-up: " + name
                + "\r\nx-two: 1\r\nx-two: 2\r\nset-cookie: s=1\r\n"
                + (status == 302 ? "location: /elsewhere\r\n" : "")
                + (grpc ? "content-type: application/grpc\r\ngrpc-status: " + wanted.substring(5) + "\r\n" : "")
                + "\r\n" + (request.startsWith("HEAD ") ? "" : body);
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    static String field(String request, String name) {
        return request.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() throws IOException {
        for (Upstream server : servers.values()) {
            server.close();
        }
        for (Http2Server server : http2.values()) {
            server.close();
        }
    }
}
