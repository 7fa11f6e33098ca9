package dev.lateen.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Optional;

/// Fields of Envoy's API that are younger than its Java types, which keep them as fields that they do not know. Numbers
/// are those of the .proto files. Thread: any.
public final class NewerFields {
    /// `string value` of `envoy.type.tracing.v3.CustomTag`: a format as access logs have it.
    public static final int CUSTOM_TAG_VALUE = 6;
    /// `bool no_context_propagation` of `HttpConnectionManager.Tracing`.
    public static final int NO_CONTEXT_PROPAGATION = 13;
    /// `trace_context_option` of `envoy.config.trace.v3.ZipkinConfig`; 1: B3 and W3C.
    public static final int ZIPKIN_TRACE_CONTEXT_OPTION = 8;

    private NewerFields() {}

    /// A message's one field of a number.
    public static UnknownFieldSet number(int field, long value) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        field,
                        UnknownFieldSet.Field.newBuilder().addVarint(value).build())
                .build();
    }

    /// A message's one field of text.
    public static UnknownFieldSet text(int field, String value) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        field,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8(value))
                                .build())
                .build();
    }

    /// Whether a flag is set; of several the last counts.
    public static boolean flag(Message message, int field) {
        List<Long> values = message.getUnknownFields().getField(field).getVarintList();
        return !values.isEmpty() && values.getLast() != 0;
    }

    /// A text, if there is one; of several the last counts.
    public static Optional<String> text(Message message, int field) {
        List<ByteString> values = message.getUnknownFields().getField(field).getLengthDelimitedList();
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(values.getLast().toStringUtf8());
    }
}
