package dev.lateen.proxy.telemetry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An Envoy statistic as Prometheus shows it: what varies in its dotted name becomes a label.
///
/// `cluster.a.upstream_rq_2xx` →
/// `envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="a"}`.
record EnvoyName(String name, String labels) {
    /// What Envoy has no name for.
    private static final String OWN = "lateen.";
    /// What Istio's agent counts, under its names.
    private static final String AGENT = "istio_agent.";

    /// @param tags beginnings of names, which say what varies
    static EnvoyName of(String name, Map<String, Stats.Tag> tags) {
        StringBuilder labels = new StringBuilder();
        int tagged = tagged(name, tags);
        Stats.@Nullable Tag tag = tagged > 0 ? tags.get(name.substring(0, tagged)) : guess(name);
        String rest = tag == null
                ? name
                : tag.family() + "." + name.substring(tagged > 0 ? tagged : name.lastIndexOf('.') + 1);
        rest = withoutStatus(rest, labels);
        if (tag != null) {
            labels.append(labels.isEmpty() ? "" : ",").append(tag.labels());
        }
        String start = rest.startsWith(OWN) || rest.startsWith(AGENT) ? "" : "envoy_";
        return new EnvoyName(start + clean(rest), labels.toString());
    }

    /// How much of a name is the longest beginning that has a tag; each ends with a dot. 0: none.
    private static int tagged(String name, Map<String, Stats.Tag> tags) {
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            if (tags.containsKey(name.substring(0, dot + 1))) {
                return dot + 1;
            }
        }
        return 0;
    }

    /// `…_rq_2xx` → `…_rq_xx`, `…_rq_200` → `…_rq`, with the rest in a label.
    private static String withoutStatus(String name, StringBuilder labels) {
        int at = name.length() - 3;
        if (at < 1 || name.charAt(at - 1) != '_' || !Character.isDigit(name.charAt(at))) {
            return name;
        }
        if (name.endsWith("xx")) {
            IstioLabels.label("envoy_response_code_class", name.substring(at, at + 1), labels);
            return name.substring(0, at) + "xx";
        }
        boolean status = Character.isDigit(name.charAt(at + 1)) && Character.isDigit(name.charAt(at + 2));
        if (!status || !name.startsWith("_rq", at - 4)) {
            return name;
        }
        IstioLabels.label("envoy_response_code", name.substring(at), labels);
        return name.substring(0, at - 1);
    }

    /// `http.<prefix>.<leaf>` and `listener.<address>.<leaf>`.
    private static Stats.@Nullable Tag guess(String name) {
        int first = name.indexOf('.');
        int last = name.lastIndexOf('.');
        if (first < 0 || last <= first) {
            return null;
        }
        String value = name.substring(first + 1, last);
        return switch (name.substring(0, first)) {
            case "http" -> Stats.Tag.of("http", "envoy_http_conn_manager_prefix", value);
            case "listener" -> Stats.Tag.of("listener", "envoy_listener_address", value);
            case "tcp" -> Stats.Tag.of("tcp", "envoy_tcp_prefix", value);
            default -> null;
        };
    }

    private static String clean(String name) {
        StringBuilder clean = new StringBuilder(name.length());
        for (int index = 0; index < name.length(); index++) {
            char letter = name.charAt(index);
            boolean fine = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '_';
            clean.append(fine ? letter : '_');
        }
        return clean.toString();
    }
}
