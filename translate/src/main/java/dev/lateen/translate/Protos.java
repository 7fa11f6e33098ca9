package dev.lateen.translate;

import com.github.udpa.udpa.type.v1.TypedStruct;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;

/// Small pieces that most messages are made of.
final class Protos {
    static final BoolValue TRUE = BoolValue.of(true);
    static final BoolValue FALSE = BoolValue.of(false);
    static final Duration ZERO = Duration.getDefaultInstance();

    /// By the stream that this very resource came on.
    static final ConfigSource ADS = ConfigSource.newBuilder()
            .setAds(AggregatedConfigSource.getDefaultInstance())
            .setInitialFetchTimeout(ZERO)
            .setResourceApiVersion(ApiVersion.V3)
            .build();

    private Protos() {}

    static Any any(Message message) {
        return Any.pack(message);
    }

    /// The configuration of a filter whose type is not in the public API.
    static Any struct(String typeUrl, Struct value) {
        return any(TypedStruct.newBuilder().setTypeUrl(typeUrl).setValue(value).build());
    }

    static UInt32Value uint(int value) {
        return UInt32Value.of(value);
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    static Value value(Struct struct) {
        return Value.newBuilder().setStructValue(struct).build();
    }

    /// A socket address, or a pipe where the host is `unix://…`.
    static Address address(String host, int port) {
        if (host.startsWith("unix://")) {
            return Address.newBuilder()
                    .setPipe(Pipe.newBuilder().setPath(host.substring("unix://".length())))
                    .build();
        }
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }
}
