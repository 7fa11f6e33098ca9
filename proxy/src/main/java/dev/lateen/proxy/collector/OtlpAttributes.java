package dev.lateen.proxy.collector;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;

/// Attributes in OpenTelemetry's protocol. Thread: any.
public final class OtlpAttributes {
    private OtlpAttributes() {}

    public static KeyValue text(String name, String value) {
        return KeyValue.newBuilder()
                .setKey(name)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }
}
