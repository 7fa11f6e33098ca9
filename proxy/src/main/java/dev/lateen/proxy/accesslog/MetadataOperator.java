package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.DynamicMetadata;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `%METADATA(OBJECT:NAMESPACE:KEY:…)%`, and `%DYNAMIC_METADATA(NAMESPACE:KEY:…)%`, `%CLUSTER_METADATA(…)%` and
/// `%UPSTREAM_METADATA(…)%`: text as it is, anything else as JSON.
///
/// Thread: event loop.
record MetadataOperator(Source source, String namespace, List<String> path) implements LogOperator {
    /// Whose metadata.
    enum Source {
        DYNAMIC,
        CLUSTER,
        UPSTREAM_HOST
    }

    /// An `IllegalArgumentException` says what is wrong with it.
    static MetadataOperator of(String argument) {
        int colon = argument.indexOf(':');
        String object = colon < 0 ? argument : argument.substring(0, colon);
        for (Source source : Source.values()) {
            if (source.name().equals(object)) {
                return of(source, colon < 0 ? "" : argument.substring(colon + 1), "METADATA");
            }
        }
        throw new IllegalArgumentException(
                "%METADATA(" + argument + ")% (expected: DYNAMIC, CLUSTER or UPSTREAM_HOST, then :NAMESPACE:KEY)");
    }

    /// An `IllegalArgumentException` says what is wrong with it.
    static MetadataOperator of(Source source, String place, String operator) {
        if (place.isEmpty()) {
            throw new IllegalArgumentException("%" + operator + "% needs a namespace, as in istio:workload");
        }
        List<String> steps = List.of(place.split(":", -1));
        return new MetadataOperator(source, steps.getFirst(), steps.subList(1, steps.size()));
    }

    @Override
    public boolean append(StreamInfo info, LineBuffer out) {
        Object value = find(info);
        if (value instanceof String text) {
            out.append(text);
        } else if (value != null) {
            json(value, out);
        }
        return value != null && !value.equals("");
    }

    @Override
    public boolean appendJson(StreamInfo info, LineBuffer out) {
        Object value = find(info);
        if (value != null) {
            json(value, out);
        }
        return value != null;
    }

    @Override
    public boolean writesJson() {
        return true;
    }

    private @Nullable Object find(StreamInfo info) {
        return switch (source) {
            case DYNAMIC -> info.metadata(namespace, path);
            case CLUSTER -> DynamicMetadata.find(info.clusterMetadata, namespace, path);
            case UPSTREAM_HOST -> DynamicMetadata.find(info.upstreamHostMetadata, namespace, path);
        };
    }

    private static void json(Object value, LineBuffer out) {
        switch (value) {
            case Map<?, ?> map -> members(map, out);
            case List<?> list -> items(list, out);
            case String text -> quoted(text, out);
            default -> out.append(LogFormat.number(value));
        }
    }

    private static void members(Map<?, ?> members, LineBuffer out) {
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> member : new TreeMap<>(members).entrySet()) {
            if (!first) {
                out.append(',');
            }
            first = false;
            quoted(String.valueOf(member.getKey()), out);
            out.append(':');
            json(member.getValue(), out);
        }
        out.append('}');
    }

    private static void items(List<?> items, LineBuffer out) {
        out.append('[');
        for (int index = 0; index < items.size(); index++) {
            if (index > 0) {
                out.append(',');
            }
            json(items.get(index), out);
        }
        out.append(']');
    }

    private static void quoted(String text, LineBuffer out) {
        out.append('"');
        int content = out.length();
        out.append(text);
        out.escapeFrom(content);
        out.append('"');
    }
}
