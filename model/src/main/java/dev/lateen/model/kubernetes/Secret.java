package dev.lateen.model.kubernetes;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A Kubernetes Secret. Its content never shows in a text form.
public final class Secret {
    private final Metadata metadata;
    private final Map<String, byte[]> data;

    private Secret(Metadata metadata, Map<String, byte[]> data) {
        this.metadata = metadata;
        this.data = data;
    }

    /// Values of `data` that are no base64 read as absent.
    public static Secret of(RawResource resource) {
        Fields root = new Fields(resource.root());
        Map<String, byte[]> data = new HashMap<>();
        root.textMap("data").forEach((name, value) -> {
            try {
                data.put(name, Base64.getMimeDecoder().decode(value));
            } catch (IllegalArgumentException _) {
                data.remove(name);
            }
        });
        root.textMap("stringData").forEach((name, value) -> data.put(name, value.getBytes(StandardCharsets.UTF_8)));
        return new Secret(resource.metadata(), Map.copyOf(data));
    }

    public Metadata metadata() {
        return metadata;
    }

    public Optional<byte[]> value(String name) {
        return Optional.ofNullable(data.get(name)).map(byte[]::clone);
    }

    @Override
    public String toString() {
        return "Secret " + metadata.namespace() + "/" + metadata.name();
    }
}
