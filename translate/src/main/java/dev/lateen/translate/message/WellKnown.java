package dev.lateen.translate.message;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.Sequence;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The messages that protobuf's JSON form writes in a way of their own. Thread: any.
final class WellKnown {
    static final Set<String> WRAPPERS = Set.of(
            "google.protobuf.BoolValue",
            "google.protobuf.BytesValue",
            "google.protobuf.DoubleValue",
            "google.protobuf.FloatValue",
            "google.protobuf.Int32Value",
            "google.protobuf.Int64Value",
            "google.protobuf.StringValue",
            "google.protobuf.UInt32Value",
            "google.protobuf.UInt64Value");
    private static final Set<String> OTHERS = Set.of(
            "google.protobuf.Duration",
            "google.protobuf.Timestamp",
            "google.protobuf.FieldMask",
            "google.protobuf.Struct",
            "google.protobuf.Value",
            "google.protobuf.ListValue");
    private static final Pattern DURATION = Pattern.compile("(-?)(\\d{1,12}(?:\\.\\d{1,9})?)s");

    private WellKnown() {}

    /// Whether the content of an `Any` of this type stands in its field `value`.
    static boolean isSpecial(Descriptor type) {
        return WRAPPERS.contains(type.getFullName()) || OTHERS.contains(type.getFullName());
    }

    /// Reads a message of such a type.
    ///
    /// @return nothing where it is of another type; otherwise what was expected, empty if it was right
    static Optional<String> read(Node tree, Message.Builder into) {
        Descriptor type = into.getDescriptorForType();
        if (!isSpecial(type)) {
            return Optional.empty();
        }
        if (WRAPPERS.contains(type.getFullName())) {
            return Optional.of(wrapper(tree, into, type.findFieldByName("value")));
        }
        return Optional.of(
                switch (type.getFullName()) {
                    case "google.protobuf.Duration" -> duration(tree, into);
                    case "google.protobuf.Timestamp" -> timestamp(tree, into);
                    case "google.protobuf.FieldMask" -> mask(tree, into);
                    case "google.protobuf.Struct" ->
                        tree instanceof Mapping mapping ? taken(Structs.struct(mapping), into) : "an object";
                    case "google.protobuf.ListValue" ->
                        tree instanceof Sequence(List<Node> items, var _) ? taken(Structs.list(items), into) : "a list";
                    default -> taken(Structs.value(tree), into);
                });
    }

    private static String wrapper(Node tree, Message.Builder into, FieldDescriptor value) {
        Object read = tree instanceof Scalar scalar ? Scalars.read(scalar, value) : null;
        if (read == null) {
            return Scalars.expected(value);
        }
        into.setField(value, read);
        return "";
    }

    private static String duration(Node tree, Message.Builder into) {
        var matcher = DURATION.matcher(tree instanceof Scalar scalar ? scalar.text() : "");
        if (!matcher.matches()) {
            return "seconds, such as 1.5s";
        }
        long nanos = new BigDecimal(matcher.group(2)).movePointRight(9).longValueExact();
        long signed = matcher.group(1).isEmpty() ? nanos : -nanos;
        return taken(
                Duration.newBuilder()
                        .setSeconds(signed / 1_000_000_000)
                        .setNanos((int) (signed % 1_000_000_000))
                        .build(),
                into);
    }

    private static String timestamp(Node tree, Message.Builder into) {
        try {
            Instant at = Instant.parse(tree instanceof Scalar scalar ? scalar.text() : "");
            return taken(
                    Timestamp.newBuilder()
                            .setSeconds(at.getEpochSecond())
                            .setNanos(at.getNano())
                            .build(),
                    into);
        } catch (DateTimeException _) {
            return "a time, such as 2026-01-31T12:00:00Z";
        }
    }

    private static String mask(Node tree, Message.Builder into) {
        return tree instanceof Scalar scalar
                ? taken(
                        FieldMask.newBuilder()
                                .addAllPaths(List.of(scalar.text().split(",")))
                                .build(),
                        into)
                : "names of fields, separated by commas";
    }

    /// By its bytes, since the target may be of a dynamic type.
    private static String taken(Message message, Message.Builder into) {
        try {
            into.mergeFrom(message.toByteString());
            return "";
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("both are of one type", e);
        }
    }
}
