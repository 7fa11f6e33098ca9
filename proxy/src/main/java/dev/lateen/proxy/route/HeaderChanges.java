package dev.lateen.proxy.route;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;

/// Headers that a route, virtual host, route configuration or weighted cluster removes and adds.
///
/// Thread: any (immutable).
public record HeaderChanges(Change request, Change response) {
    public static final HeaderChanges NONE = new HeaderChanges(Change.NONE, Change.NONE);

    public boolean isEmpty() {
        return request.isEmpty() && response.isEmpty();
    }

    /// What happens where the header is already there.
    public enum IfPresent {
        APPEND,
        OVERWRITE,
        /// Keeps what is there.
        KEEP,
        /// Overwrites only: a missing header stays missing.
        OVERWRITE_ONLY
    }

    /// @param name lower case; may be `host` or `:authority`, `:path`, `:method`, `:scheme` in requests
    /// @param keepEmpty add it even where the value is empty
    public record Addition(String name, HeaderFormat value, IfPresent ifPresent, boolean keepEmpty) {}

    /// @param remove lower case
    public record Change(List<String> remove, List<Addition> add) {
        public static final Change NONE = new Change(List.of(), List.of());

        public Change {
            remove = List.copyOf(remove);
            add = List.copyOf(add);
        }

        public boolean isEmpty() {
            return remove.isEmpty() && add.isEmpty();
        }

        public void applyTo(RequestHead head, StreamInfo info) {
            Headers headers = head.headers();
            removeFrom(headers);
            for (int index = 0; index < add.size(); index++) {
                Addition addition = add.get(index);
                String value = addition.value().render(info);
                if (value.isEmpty() && !addition.keepEmpty()) {
                    continue;
                }
                switch (addition.name()) {
                    case "host", ":authority" -> head.authority(value);
                    case ":path" -> head.path(value);
                    case ":method" -> head.method(value);
                    case ":scheme" -> head.scheme(value);
                    default -> put(headers, addition, value);
                }
            }
        }

        public void applyTo(Headers headers, StreamInfo info) {
            removeFrom(headers);
            for (int index = 0; index < add.size(); index++) {
                Addition addition = add.get(index);
                String value = addition.value().render(info);
                if (!value.isEmpty() || addition.keepEmpty()) {
                    put(headers, addition, value);
                }
            }
        }

        private void removeFrom(Headers headers) {
            for (int index = 0; index < remove.size(); index++) {
                headers.remove(remove.get(index));
            }
        }

        private static void put(Headers headers, Addition addition, String value) {
            String name = addition.name();
            switch (addition.ifPresent()) {
                case APPEND -> headers.add(name, value);
                case OVERWRITE -> headers.set(name, value);
                case KEEP -> {
                    if (!headers.contains(name)) {
                        headers.add(name, value);
                    }
                }
                case OVERWRITE_ONLY -> {
                    if (headers.contains(name)) {
                        headers.set(name, value);
                    }
                }
            }
        }
    }
}
