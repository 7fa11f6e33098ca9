package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.Map;
import java.util.OptionalInt;

/// Settings of proxies that count from the start of a pod on. Source: Istio `ProxyConfig`.
///
/// @param selector of pods of its namespace; empty for all of them, in the root namespace for all of the mesh
/// @param concurrency threads of a proxy; 0 for as many as there are processors
/// @param environment more variables of proxies
/// @param imageType such as `distroless`; empty where nothing is said
public record ProxyConfig(
        Origin origin,
        Metadata metadata,
        Selector selector,
        OptionalInt concurrency,
        Map<String, String> environment,
        String imageType) {
    public ProxyConfig {
        environment = Map.copyOf(environment);
    }

    public static Bound<ProxyConfig> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new ProxyConfig(
                        in.origin(),
                        resource.metadata(),
                        in.object("selector", Selector::matchLabels).orElse(Selector.ALL),
                        in.integer("concurrency"),
                        in.textMap("environmentVariables"),
                        in.object("image", image -> image.text("imageType", "")).orElse("")));
    }
}
