package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Settings to start from, by name. Each is laid over `default`. Thread: any.
public final class Profiles {
    public static final String DEFAULT = "default";

    private static final List<String> NAMES = List.of(DEFAULT, "demo", "empty", "minimal", "preview", "remote");

    private Profiles() {}

    public static List<String> names() {
        return NAMES;
    }

    /// The `spec` of the profile; empty where there is none of this name.
    public static Optional<ObjectNode> spec(String name) {
        if (!NAMES.contains(name)) {
            return Optional.empty();
        }
        ObjectNode spec = own(DEFAULT);
        if (!name.equals(DEFAULT)) {
            InjectionValues.overlay(spec, own(name));
        }
        return Optional.of(spec.put("profile", name));
    }

    private static ObjectNode own(String name) {
        return Trees.into(InstallResource.object("profiles/" + name + ".yaml"), "spec");
    }
}
