package dev.lateen.local.cni;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A network's configuration on a node with the mesh's plugin in it, or without. Other fields and plugins stay
/// as they are.
///
/// Thread: any. Source: CNI specification, "Network configuration format".
final class NetworkConfig {
    static final String PLUGIN = "istio-cni";
    private static final String PLUGINS = "plugins";
    private static final String VERSION = "cniVersion";

    private NetworkConfig() {}

    /// The list of plugins with the mesh's at its end; empty where the text is no network's configuration.
    ///
    /// @param text a list, or a single plugin, which becomes the first of a list
    /// @param socket where the plugin asks
    static Optional<String> with(String text, String socket) {
        return Trees.parseObject(text).flatMap(config -> {
            ObjectNode list = config.get(PLUGINS) instanceof ArrayNode ? config : list(config);
            if (list.path(PLUGINS).isEmpty() || Trees.text(list, "name").isEmpty()) {
                return Optional.empty();
            }
            ArrayNode plugins = others(list);
            plugins.add(plugin(socket));
            list.set(PLUGINS, plugins);
            return Optional.of(list + "\n");
        });
    }

    /// The list without the mesh's plugin; the text itself where it is not in it.
    static String without(String text) {
        Optional<ObjectNode> config = Trees.parseObject(text).filter(NetworkConfig::has);
        if (config.isEmpty()) {
            return text;
        }
        config.get().set(PLUGINS, others(config.get()));
        return config.get() + "\n";
    }

    /// A network of the mesh's plugin alone, for runtimes that are told by other means to add it to others.
    static String alone(String socket) {
        ObjectNode config = Trees.object(VERSION, "0.3.1", "name", PLUGIN);
        plugin(socket).properties().forEach(field -> config.set(field.getKey(), field.getValue()));
        return config + "\n";
    }

    private static boolean has(ObjectNode config) {
        return Trees.objects(config, PLUGINS).stream().anyMatch(NetworkConfig::isOurs);
    }

    private static boolean isOurs(JsonNode plugin) {
        return Trees.text(plugin, "type").equals(PLUGIN);
    }

    private static ArrayNode others(ObjectNode list) {
        ArrayNode others = Trees.array();
        list.path(PLUGINS).forEach(one -> {
            if (!isOurs(one)) {
                others.add(one);
            }
        });
        return others;
    }

    private static ObjectNode list(ObjectNode plugin) {
        if (Trees.text(plugin, "type").isEmpty()) {
            return Trees.object();
        }
        ObjectNode only = plugin.deepCopy();
        only.remove(VERSION);
        return Trees.object(
                VERSION,
                Trees.text(plugin, VERSION).isEmpty() ? "0.3.1" : Trees.text(plugin, VERSION),
                "name",
                Trees.text(plugin, "name"),
                PLUGINS,
                Trees.array(only));
    }

    /// With it the runtime is asked for the pod's annotations.
    private static ObjectNode plugin(String socket) {
        return Trees.object(
                "type",
                PLUGIN,
                "capabilities",
                Trees.object("io.kubernetes.cri.pod-annotations", true),
                "socket",
                socket);
    }
}
