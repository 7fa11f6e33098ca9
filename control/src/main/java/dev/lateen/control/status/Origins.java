package dev.lateen.control.status;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.tree.Position;
import dev.lateen.xds.EncodedResource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads back from an encoded resource which places of which files it was made from, as its metadata say.
///
/// Limits: of what a proxy refuses 16 places.
///
/// Thread: any.
public final class Origins {
    private static final String KEY = "lateen";
    private static final int MOST = 16;

    private final String reason;
    private final int most;
    private final Set<Position> named = new LinkedHashSet<>();
    private final Set<Position> all = new LinkedHashSet<>();

    private Origins(String reason, int most) {
        this.reason = reason;
        this.most = most;
    }

    /// The places that parts named in `reason` came from; where it names none, of all parts.
    public static Collection<Position> of(List<EncodedResource> resources, String reason) {
        Origins origins = new Origins(reason, MOST);
        for (EncodedResource resource : resources) {
            origins.read(resource);
        }
        return origins.named.isEmpty() ? origins.all : origins.named;
    }

    /// Every place that a resource came from.
    static Set<Position> all(EncodedResource resource) {
        Origins origins = new Origins("", Integer.MAX_VALUE);
        origins.read(resource);
        return origins.all;
    }

    private void read(EncodedResource resource) {
        try {
            var bytes = resource.any().getValue();
            switch (resource.type()) {
                case CLUSTER -> walk(Cluster.parseFrom(bytes), false);
                case LISTENER -> walk(Listener.parseFrom(bytes), false);
                case ROUTE -> walk(RouteConfiguration.parseFrom(bytes), false);
                case ENDPOINT, SECRET, EXTENSION_CONFIG, NAME_TABLE -> {}
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("we have encoded it ourselves: " + resource, e);
        }
    }

    /// @param inside of something that the reason names
    private void walk(Message message, boolean inside) throws InvalidProtocolBufferException {
        if (message instanceof Metadata metadata) {
            note(metadata.getFilterMetadataMap().get(KEY), inside);
            return;
        }
        if (message instanceof Any any) {
            if (any.is(HttpConnectionManager.class)) {
                walk(any.unpack(HttpConnectionManager.class), inside);
            }
            return;
        }
        // The name of the whole stands in every reason: only a part's narrows it down.
        boolean here = inside || isPartNamed(message);
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.getValue() instanceof List<?> list) {
                for (Object item : list) {
                    walk((Message) item, here);
                }
            } else {
                walk((Message) field.getValue(), here);
            }
        }
    }

    private boolean isPartNamed(Message message) {
        boolean whole =
                message instanceof Cluster || message instanceof Listener || message instanceof RouteConfiguration;
        FieldDescriptor name = message.getDescriptorForType().findFieldByName("name");
        return !whole
                && name != null
                && name.getJavaType() == FieldDescriptor.JavaType.STRING
                && message.getField(name) instanceof String text
                && text.length() > 2
                && reason.contains(text);
    }

    private void note(@org.jspecify.annotations.Nullable Struct source, boolean inside) {
        if (source == null) {
            return;
        }
        // Of EnvoyFilters any may be to blame for what a proxy says of a resource that they have changed.
        source.getFieldsOrDefault("patches", Value.getDefaultInstance())
                .getListValue()
                .getValuesList()
                .forEach(patch -> place(patch.getStructValue(), true));
        place(source, inside);
    }

    private void place(Struct source, boolean inside) {
        if (!source.containsFields("file") || all.size() >= most) {
            return;
        }
        Position place = new Position(
                source.getFieldsOrThrow("file").getStringValue(),
                (int) source.getFieldsOrThrow("line").getNumberValue(),
                1);
        all.add(place);
        if (inside) {
            named.add(place);
        }
    }
}
