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
        String rest = name;
        Stats.@Nullable Tag tag = null;
        for (Map.Entry<String, Stats.Tag> entry : tags.entrySet()) {
            if (name.startsWith(entry.getKey())) {
                tag = entry.getValue();
                rest = tag.family() + "." + name.substring(entry.getKey().length());
            }
        }
        if (tag == null) {
            tag = guess(name);
            rest = tag == null ? name : tag.family() + name.substring(name.lastIndexOf('.'));
        }
        int length = rest.length();
        if (rest.endsWith("xx")
                && length > 4
                && rest.charAt(length - 4) == '_'
                && Character.isDigit(rest.charAt(length - 3))) {
            IstioLabels.label("envoy_response_code_class", rest.substring(length - 3, length - 2), labels);
            rest = rest.substring(0, length - 3) + "xx";
        }
        if (tag != null) {
            IstioLabels.label(tag.label(), tag.value(), labels);
        }
        String start = rest.startsWith(OWN) || rest.startsWith(AGENT) ? "" : "envoy_";
        return new EnvoyName(start + clean(rest), labels.toString());
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
            case "http" -> new Stats.Tag("http", "envoy_http_conn_manager_prefix", value);
            case "listener" -> new Stats.Tag("listener", "envoy_listener_address", value);
            case "tcp" -> new Stats.Tag("tcp", "envoy_tcp_prefix", value);
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
