package dev.lateen.proxy.authz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.GrpcMessages;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.StreamInfo;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The question and the answer of a gRPC authorization server, as one frame each.
///
/// Source: envoy.service.auth.v3.Authorization. Thread: any.
final class CheckCodec {
    static final String PATH = "/envoy.service.auth.v3.Authorization/Check";
    private static final int FORBIDDEN = 403;

    private CheckCodec() {}

    /// @param headers that the server may see, by name; several values are joined
    static byte[] encode(RequestHead head, StreamInfo info, Map<String, String> headers, AuthorizationCall.Told told) {
        var http = AttributeContext.HttpRequest.newBuilder()
                .setId(String.valueOf(headers.getOrDefault("x-request-id", "")))
                .setMethod(head.method())
                .putAllHeaders(headers)
                .setPath(head.path())
                .setHost(head.authority())
                .setScheme(head.scheme())
                .setProtocol(head.version().text())
                .setSize(told.size());
        told.body().ifPresent(bytes -> {
            if (told.binary()) {
                http.setRawBody(ByteString.copyFrom(bytes));
            } else {
                http.setBody(new String(bytes, StandardCharsets.UTF_8));
            }
        });
        var attributes = attributes(info, told.serverName()).putAllContextExtensions(told.context());
        attributes.getRequestBuilder().setHttp(http);
        for (String namespace : told.metadata()) {
            if (info.metadata(namespace, List.of()) instanceof Map<?, ?> map) {
                attributes.getMetadataContextBuilder().putFilterMetadata(namespace, struct(map));
            }
        }
        return frame(attributes);
    }

    /// The question about a connection.
    static byte[] encode(StreamInfo info, boolean serverName) {
        return frame(attributes(info, serverName));
    }

    private static byte[] frame(AttributeContext.Builder attributes) {
        return GrpcMessages.frame(
                CheckRequest.newBuilder().setAttributes(attributes).build().toByteArray());
    }

    private static AttributeContext.Builder attributes(StreamInfo info, boolean serverName) {
        var attributes = AttributeContext.newBuilder()
                .setSource(peer(info.downstreamDirectRemote, info.downstreamPeerUri))
                .setDestination(peer(info.downstreamLocal, info.downstreamLocalUri))
                .setRequest(AttributeContext.Request.newBuilder()
                        .setTime(Timestamp.newBuilder()
                                .setSeconds(info.startEpochMillis / 1000)
                                .setNanos((int) (info.startEpochMillis % 1000) * 1_000_000)));
        String name = info.requestedServerName;
        if (serverName && name != null) {
            attributes.setTlsSession(AttributeContext.TLSSession.newBuilder().setSni(name));
        }
        return attributes;
    }

    private static AttributeContext.Peer peer(java.net.@Nullable SocketAddress address, @Nullable String principal) {
        AttributeContext.Peer.Builder peer = AttributeContext.Peer.newBuilder();
        if (address instanceof InetSocketAddress inet) {
            peer.setAddress(Address.newBuilder()
                    .setSocketAddress(SocketAddress.newBuilder()
                            .setAddress(Addresses.host(inet))
                            .setPortValue(inet.getPort())));
        }
        return peer.setPrincipal(principal == null ? "" : principal).build();
    }

    private static Struct struct(Map<?, ?> map) {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((key, value) -> struct.putFields(String.valueOf(key), value(value)));
        return struct.build();
    }

    private static Value value(@Nullable Object value) {
        return switch (value) {
            case String text -> Value.newBuilder().setStringValue(text).build();
            case Double number -> Value.newBuilder().setNumberValue(number).build();
            case Boolean flag -> Value.newBuilder().setBoolValue(flag).build();
            case Map<?, ?> map -> Value.newBuilder().setStructValue(struct(map)).build();
            case List<?> list -> {
                ListValue.Builder values = ListValue.newBuilder();
                list.forEach(each -> values.addValues(value(each)));
                yield Value.newBuilder().setListValue(values).build();
            }
            case null, default -> Value.getDefaultInstance();
        };
    }

    /// @param body one frame
    static Verdict decode(int status, Headers headers, byte[] body) {
        Optional<ByteBuffer> message = GrpcMessages.message(status, headers, body);
        if (message.isEmpty()) {
            return new Verdict.Failed(false);
        }
        try {
            return verdict(CheckResponse.parseFrom(message.get()));
        } catch (InvalidProtocolBufferException _) {
            return new Verdict.Failed(false);
        }
    }

    private static Verdict verdict(CheckResponse response) {
        Map<String, Object> metadata = Metadata.tree(response.getDynamicMetadata());
        if (response.getStatus().getCode() != 0) {
            DeniedHttpResponse denied = response.getDeniedResponse();
            int status = denied.getStatus().getCodeValue();
            Headers headers = new Headers(4);
            denied.getHeadersList()
                    .forEach(each ->
                            headers.add(each.getHeader().getKey().toLowerCase(java.util.Locale.ROOT), text(each)));
            return new Verdict.Refuse(status == 0 ? FORBIDDEN : status, headers, denied.getBodyBytes(), metadata);
        }
        OkHttpResponse ok = response.getOkResponse();
        Map<String, String> query = new LinkedHashMap<>();
        ok.getQueryParametersToSetList().forEach(each -> query.put(each.getKey(), each.getValue()));
        return new Verdict.Pass(
                changes(ok.getHeadersList()),
                List.copyOf(ok.getHeadersToRemoveList()),
                changes(ok.getResponseHeadersToAddList()),
                query,
                List.copyOf(ok.getQueryParametersToRemoveList()),
                metadata);
    }

    private static String text(HeaderValueOption option) {
        String value = option.getHeader().getValue();
        return value.isEmpty() ? option.getHeader().getRawValue().toString(StandardCharsets.ISO_8859_1) : value;
    }

    @SuppressWarnings("deprecation") // `append` is what servers send.
    private static List<Verdict.Change> changes(List<HeaderValueOption> options) {
        List<Verdict.Change> changes = new ArrayList<>();
        for (HeaderValueOption option : options) {
            boolean append = option.getAppend().getValue();
            Verdict.Mode mode = switch (option.getAppendAction()) {
                case APPEND_IF_EXISTS_OR_ADD -> append ? Verdict.Mode.APPEND : Verdict.Mode.SET;
                case ADD_IF_ABSENT -> Verdict.Mode.ADD_IF_ABSENT;
                case OVERWRITE_IF_EXISTS_OR_ADD -> Verdict.Mode.SET;
                case OVERWRITE_IF_EXISTS -> Verdict.Mode.SET_IF_EXISTS;
                case UNRECOGNIZED -> Verdict.Mode.SET;
            };
            changes.add(new Verdict.Change(
                    option.getHeader().getKey().toLowerCase(java.util.Locale.ROOT), text(option), mode));
        }
        return List.copyOf(changes);
    }
}
