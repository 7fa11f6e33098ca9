package dev.lateen.translate.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.EnvoyTypes;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Messages as JSON in one normal form, so that two of them compare by content.
public final class Messages {
    private static final TypeRegistry TYPES = types();

    private Messages() {}

    private static TypeRegistry types() {
        EnvoyTypes known = new EnvoyTypes();
        TypeRegistry.Builder all = TypeRegistry.newBuilder();
        known.names().forEach(name -> all.add(known.find(name).orElseThrow()));
        return all.build();
    }

    static Message.Builder builder(ResourceType type) {
        return switch (type) {
            case CLUSTER -> Cluster.newBuilder();
            case ENDPOINT -> ClusterLoadAssignment.newBuilder();
            case LISTENER -> Listener.newBuilder();
            case ROUTE -> RouteConfiguration.newBuilder();
            case SECRET, EXTENSION_CONFIG, NAME_TABLE -> throw new IllegalArgumentException("no vectors of " + type);
        };
    }

    /// The resources of a file by name; one that cannot be read as a message stays as it is.
    static Map<String, JsonElement> expected(Path file, ResourceType type) throws IOException {
        Map<String, JsonElement> byName = new TreeMap<>();
        if (!Files.exists(file)) {
            return byName;
        }
        for (JsonElement item : JsonParser.parseString(Files.readString(file)).getAsJsonArray()) {
            JsonObject object = item.getAsJsonObject();
            if (object.has("$ref")) {
                Path pool = file.getParent().resolveSibling("_pool");
                object = JsonParser.parseString(
                                Files.readString(pool.resolve(object.get("$ref").getAsString())))
                        .getAsJsonObject();
            }
            byName.put(nameOf(object), normal(object, builder(type)));
        }
        return byName;
    }

    private static String nameOf(JsonObject object) {
        return object.has("name")
                ? object.get("name").getAsString()
                : object.get("clusterName").getAsString();
    }

    static JsonElement normal(JsonElement object, Message.Builder builder) {
        try {
            JsonFormat.parser().usingTypeRegistry(TYPES).merge(object.toString(), builder);
            return JsonParser.parseString(
                    JsonFormat.printer().usingTypeRegistry(TYPES).print(builder));
        } catch (InvalidProtocolBufferException _) {
            return object;
        }
    }

    public static Map<String, JsonElement> actual(Iterable<EncodedResource> resources, ResourceType type) {
        Map<String, JsonElement> byName = new TreeMap<>();
        for (EncodedResource resource : resources) {
            try {
                Message message =
                        builder(type).mergeFrom(resource.any().getValue()).build();
                JsonElement json = JsonParser.parseString(
                        JsonFormat.printer().usingTypeRegistry(TYPES).print(message));
                byName.put(resource.name(), withoutOwnMetadata(json));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }
        return byName;
    }

    /// Our own notes have no counterpart in recorded data.
    private static JsonElement withoutOwnMetadata(JsonElement json) {
        if (json instanceof JsonArray array) {
            array.forEach(Messages::withoutOwnMetadata);
        } else if (json instanceof JsonObject object) {
            if (object.get("filterMetadata") instanceof JsonObject metadata) {
                metadata.remove("lateen");
                List<String> empty = new ArrayList<>();
                metadata.entrySet().forEach(e -> {
                    if (e.getValue() instanceof JsonObject o && o.size() == 0) {
                        empty.add(e.getKey());
                    }
                });
                empty.forEach(metadata::remove);
            }
            object.entrySet().forEach(e -> withoutOwnMetadata(e.getValue()));
            if (object.get("metadata") instanceof JsonObject metadata
                    && metadata.get("filterMetadata") instanceof JsonObject inner
                    && inner.size() == 0) {
                object.remove("metadata");
            }
        }
        return json;
    }
}
