package dev.lateen.e2e.acceptance;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;
import java.util.Map;

/// Lets clusters ask the agent for the secrets that they would ask the control plane for: a static cluster is there
/// before the stream to the control plane is, and Envoy's validation then reads from nowhere.
final class AgentSecrets {
    private static final ConfigSource AGENT = ConfigSource.newBuilder()
            .setResourceApiVersion(ApiVersion.V3)
            .setApiConfigSource(ApiConfigSource.newBuilder()
                    .setApiType(ApiConfigSource.ApiType.GRPC)
                    .setTransportApiVersion(ApiVersion.V3)
                    .addGrpcServices(GrpcService.newBuilder()
                            .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName("sds-grpc"))))
            .build();

    Message in(Message message) throws InvalidProtocolBufferException {
        if (message instanceof ConfigSource source) {
            return source.hasAds() ? AGENT : source;
        }
        if (message instanceof Any any) {
            return inside(any);
        }
        Message.Builder builder = message.toBuilder();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (field.getJavaType() != JavaType.MESSAGE || field.isMapField()) {
                continue;
            }
            if (entry.getValue() instanceof List<?> items) {
                for (int i = 0; i < items.size(); i++) {
                    builder.setRepeatedField(field, i, in((Message) items.get(i)));
                }
            } else {
                builder.setField(field, in((Message) entry.getValue()));
            }
        }
        return builder.build();
    }

    private Any inside(Any any) throws InvalidProtocolBufferException {
        if (any.is(UpstreamTlsContext.class)) {
            return Any.pack(in(any.unpack(UpstreamTlsContext.class)));
        }
        if (any.is(ProxyProtocolUpstreamTransport.class)) {
            return Any.pack(in(any.unpack(ProxyProtocolUpstreamTransport.class)));
        }
        return any;
    }
}
