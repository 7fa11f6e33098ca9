package dev.lateen.proxy.route;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    public record Addition(String name, HeaderFormat value, IfPresent ifPresent, boolean keepEmpty) {
        boolean overwrites() {
            return ifPresent == IfPresent.OVERWRITE || ifPresent == IfPresent.OVERWRITE_ONLY;
        }

        /// Of a request, which has no field of this name.
        boolean isPseudo() {
            return name.equals("host")
                    || name.equals(":authority")
                    || name.equals(":path")
                    || name.equals(":method")
                    || name.equals(":scheme");
        }
    }

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
            removeFrom(head.headers());
            if (!add.isEmpty()) {
                add(head.headers(), head, info);
            }
        }

        public void applyTo(Headers headers, StreamInfo info) {
            info.responseHeaders = headers;
            removeFrom(headers);
            if (!add.isEmpty()) {
                add(headers, null, info);
            }
        }

        /// All values are made, and all conditions asked, before anything changes; then comes what overwrites, then
        /// what is added. So no addition depends on another.
        private void add(Headers headers, @Nullable RequestHead head, StreamInfo info) {
            @Nullable String[] values = new @Nullable String[add.size()];
            for (int index = 0; index < values.length; index++) {
                Addition addition = add.get(index);
                boolean wanted = switch (addition.ifPresent()) {
                    case APPEND, OVERWRITE -> true;
                    case KEEP -> !headers.contains(addition.name());
                    case OVERWRITE_ONLY -> headers.contains(addition.name()) || addition.isPseudo();
                };
                String value = wanted ? addition.value().render(info) : "";
                values[index] = wanted && (!value.isEmpty() || addition.keepEmpty()) ? value : null;
            }
            for (int index = 0; index < values.length; index++) {
                Addition addition = add.get(index);
                String value = values[index];
                if (value != null && head != null && addition.isPseudo()) {
                    put(head, addition.name(), value);
                } else if (value != null && addition.overwrites()) {
                    headers.set(addition.name(), value);
                }
            }
            for (int index = 0; index < values.length; index++) {
                Addition addition = add.get(index);
                String value = values[index];
                if (value != null && !addition.overwrites() && !(head != null && addition.isPseudo())) {
                    headers.add(addition.name(), value);
                }
            }
        }

        private static void put(RequestHead head, String name, String value) {
            switch (name) {
                case "host", ":authority" -> head.authority(value);
                case ":path" -> head.path(value);
                case ":method" -> head.method(value);
                default -> head.scheme(value);
            }
        }

        private void removeFrom(Headers headers) {
            for (int index = 0; index < remove.size(); index++) {
                headers.remove(remove.get(index));
            }
        }
    }
}
