package dev.lateen.model.istio;

import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import java.util.Locale;

/// Which field of which resource an object was read from.
///
/// @param field path from the resource's root, such as `spec.http[0]`
public record Origin(ResourceKey resource, String apiVersion, Position at, String field) {
    /// Of what no resource describes.
    public static final Origin NONE = new Origin(new ResourceKey("", "", "", ""), "", Position.UNKNOWN, "");

    /// The path of the resource in the Kubernetes API, as Istio writes it: the kind in dashed lower case.
    public String configPath() {
        StringBuilder kind = new StringBuilder();
        for (char c : resource.kind().toCharArray()) {
            if (Character.isUpperCase(c) && !kind.isEmpty()) {
                kind.append('-');
            }
            kind.append(Character.toLowerCase(c));
        }
        String version = apiVersion.substring(apiVersion.lastIndexOf('/') + 1);
        return "/apis/" + resource.group() + "/" + canonical(version) + "/namespaces/" + resource.namespace() + "/"
                + kind + "/" + resource.name();
    }

    /// All versions of Istio's kinds are one; the stored one is named.
    private static String canonical(String version) {
        return version.toLowerCase(Locale.ROOT).startsWith("v1") ? "v1" : version;
    }
}
