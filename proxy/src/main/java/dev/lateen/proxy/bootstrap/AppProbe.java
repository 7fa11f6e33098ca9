package dev.lateen.proxy.bootstrap;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the kubelet wanted to ask an application's container, and asks the agent now.
///
/// @param question how it is asked
/// @param timeout for the whole of it
///
/// Source: Istio's environment variable `ISTIO_KUBE_APP_PROBERS`: a JSON object from paths to probes.
public record AppProbe(Question question, int port, Duration timeout) {
    private static final String VARIABLE = "ISTIO_KUBE_APP_PROBERS";

    public sealed interface Question {}

    /// @param headers in the order in which they are sent
    public record Http(String path, Map<String, String> headers) implements Question {
        public Http {
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }

    /// A connection is answer enough.
    public record Tcp() implements Question {}

    /// @param what of the probe is not understood
    public record Unsupported(String what) implements Question {}

    /// The probes by the paths under which the kubelet asks.
    public static Map<String, AppProbe> of(Map<String, String> environment) {
        String text = environment.getOrDefault(VARIABLE, "");
        Map<String, AppProbe> probes = new LinkedHashMap<>();
        if (!text.isBlank() && YamlToJson.tree(text, "environment variable " + VARIABLE) instanceof Map<?, ?> all) {
            all.forEach((path, probe) -> {
                if (probe instanceof Map<?, ?> fields) {
                    probes.put(String.valueOf(path), probe(fields));
                }
            });
        }
        return Map.copyOf(probes);
    }

    private static AppProbe probe(Map<?, ?> fields) {
        Duration timeout =
                Duration.ofSeconds(fields.get("timeoutSeconds") instanceof Number seconds ? seconds.longValue() : 1);
        if (fields.get("httpGet") instanceof Map<?, ?> http) {
            if ("HTTPS".equals(http.get("scheme"))) {
                return new AppProbe(new Unsupported("httpGet.scheme: HTTPS"), 0, timeout);
            }
            Object path = http.get("path");
            return new AppProbe(new Http(path == null ? "/" : path.toString(), headers(http)), port(http), timeout);
        }
        if (fields.get("tcpSocket") instanceof Map<?, ?> tcp) {
            return new AppProbe(new Tcp(), port(tcp), timeout);
        }
        return new AppProbe(new Unsupported("grpc"), 0, timeout);
    }

    private static int port(Map<?, ?> question) {
        return question.get("port") instanceof Number number ? number.intValue() : 0;
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
