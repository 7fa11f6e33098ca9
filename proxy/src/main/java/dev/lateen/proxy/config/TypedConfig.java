package dev.lateen.proxy.config;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import java.util.Optional;

/// An extension's configuration as it came: a typed message, or the JSON tree of one in a TypedStruct.
///
/// Thread: any (immutable).
///
/// @param type full name of the message, such as `envoy.extensions.filters.http.router.v3.Router`
/// @param struct the tree, where it came as one (the type may then be one that we have no class for)
public record TypedConfig(String type, Any any, Optional<Struct> struct) {
    private static final String UDPA_STRUCT = "udpa.type.v1.TypedStruct";
    private static final String XDS_STRUCT = "xds.type.v3.TypedStruct";

    public static TypedConfig of(Any any, Place at) {
        String type = messageName(any.getTypeUrl());
        try {
            return switch (type) {
                case UDPA_STRUCT -> {
                    var typed = com.github.udpa.udpa.type.v1.TypedStruct.parseFrom(any.getValue());
                    yield new TypedConfig(messageName(typed.getTypeUrl()), any, Optional.of(typed.getValue()));
                }
                case XDS_STRUCT -> {
                    var typed = com.github.xds.type.v3.TypedStruct.parseFrom(any.getValue());
                    yield new TypedConfig(messageName(typed.getTypeUrl()), any, Optional.of(typed.getValue()));
                }
                default -> new TypedConfig(type, any, Optional.empty());
            };
        } catch (InvalidProtocolBufferException e) {
            throw at.refuse("cannot be parsed as " + type + ": " + e.getMessage());
        }
    }

    /// The message, checked against the fields that are implemented.
    public <M extends Message> M unpack(Parser<M> parser, ImplementedFields implemented, Place at) {
        M message = parse(parser, at);
        implemented.check(message, at);
        return message;
    }

    private <M extends Message> M parse(Parser<M> parser, Place at) {
        try {
            if (struct.isEmpty()) {
                return parser.parseFrom(any.getValue());
            }
            Message.Builder builder = parser.parseFrom(new byte[0]).newBuilderForType();
            new ProtoJson().parse(JsonFormat.printer().print(struct.get()), type, builder);
            return parser.parseFrom(builder.build().toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw at.refuse("cannot be parsed as " + type + ": " + e.getMessage());
        }
    }

    /// Parses a resource or extension of a known type.
    public static <M extends Message> M parse(Any any, Parser<M> parser, Place at) {
        try {
            return parser.parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw at.refuse("cannot be parsed as " + messageName(any.getTypeUrl()) + ": " + e.getMessage());
        }
    }

    public static String messageName(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
    }
}
