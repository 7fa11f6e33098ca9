package dev.lateen.proxy.probe;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads probes in the form that Kubernetes and Istio share: `httpGet`, `tcpSocket`, `grpc` or `exec`, and
/// `timeoutSeconds`.
///
/// Thread: any (pure functions).
public final class ProbeReader {
    private ProbeReader() {}

    /// @param host where the application listens, unless the probe names another
    public static Probe read(Map<?, ?> fields, String host) {
        Duration timeout = Duration.ofSeconds(Math.max(1, number(fields.get("timeoutSeconds"))));
        if (fields.get("httpGet") instanceof Map<?, ?> http) {
            String scheme = text(http, "scheme", "http").toLowerCase(Locale.ROOT);
            Probe.Question question = scheme.equals("http") || scheme.equals("https")
                    ? new Probe.Http(text(http, "path", "/"), headers(http), scheme.equals("https"))
                    : new Probe.Unsupported("httpGet.scheme: " + scheme);
            return new Probe(question, text(http, "host", host), number(http.get("port")), timeout);
        }
        if (fields.get("tcpSocket") instanceof Map<?, ?> tcp) {
            return new Probe(new Probe.Tcp(), text(tcp, "host", host), number(tcp.get("port")), timeout);
        }
        if (fields.get("grpc") instanceof Map<?, ?> grpc) {
            return new Probe(new Probe.Grpc(text(grpc, "service", "")), host, number(grpc.get("port")), timeout);
        }
        if (fields.get("exec") instanceof Map<?, ?> exec && exec.get("command") instanceof List<?> words) {
            List<String> command = words.stream().map(String::valueOf).toList();
            return new Probe(new Probe.Exec(command), host, 0, timeout);
        }
        return new Probe(new Probe.Unsupported("none of httpGet, tcpSocket, grpc and exec"), host, 0, timeout);
    }

    /// 0 where there is none.
    static int number(@Nullable Object value) {
        return value instanceof Number number ? number.intValue() : 0;
    }

    private static String text(Map<?, ?> fields, String name, String otherwise) {
        Object value = fields.get(name);
        return value == null || value.toString().isEmpty() ? otherwise : value.toString();
    }

    private static Map<String, String> headers(Map<?, ?> http) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (http.get("httpHeaders") instanceof List<?> list) {
            for (Object one : list) {
                if (one instanceof Map<?, ?> header) {
                    headers.put(String.valueOf(header.get("name")), String.valueOf(header.get("value")));
                }
            }
        }
        return headers;
    }
}
