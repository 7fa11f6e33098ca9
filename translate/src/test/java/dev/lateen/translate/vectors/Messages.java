package dev.lateen.translate.vectors;

import com.github.udpa.udpa.type.v1.TypedStruct;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.proto.istio.alpn.FilterConfig;
import dev.lateen.xds.EncodedResource;
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
    private static final TypeRegistry TYPES = TypeRegistry.newBuilder()
            .add(TypedStruct.getDescriptor())
            .add(FilterConfig.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                    .getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.router.v3.Router.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport
                    .getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig.getDescriptor())
            .add(io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster.getDescriptor())
            .build();

    private Messages() {}

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
