package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Whether servers demand mutual TLS. Source: Istio `PeerAuthentication`.
public record PeerAuthentication(
        Origin origin, Metadata metadata, Selector selector, Mode mode, Map<Integer, Mode> portLevel) {

    public static Bound<PeerAuthentication> bind(RawResource resource) {
        return Reader.spec(resource, in -> {
            Map<Integer, Mode> ports = new LinkedHashMap<>();
            in.objectMap("portLevelMtls", m -> Mode.of(m.text("mode")))
                    .forEach((port, mode) -> ports.put(Integer.parseInt(port), mode));
            return new PeerAuthentication(
                    in.origin(),
                    resource.metadata(),
                    in.object("selector", Selector::matchLabels).orElse(Selector.ALL),
                    in.object("mtls", m -> Mode.of(m.text("mode"))).orElse(Mode.UNSET),
                    ports);
        });
    }

    public enum Mode {
        UNSET,
        DISABLE,
        PERMISSIVE,
        STRICT;

        static Mode of(Optional<String> text) {
            for (Mode mode : values()) {
                if (mode.name().equals(text.orElse(""))) {
                    return mode;
                }
            }
            return UNSET;
        }
    }
}
