package dev.lateen.proxy.route;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import dev.lateen.proxy.config.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A message of which the items of one repeated field are still unread, so that thousands of them need not be objects
/// at the same time: read ones take ten times as much memory.
///
/// Thread: any (immutable).
///
/// @param frame all else
/// @param items in their order; they share the bytes of the whole
record Framed<M extends Message>(M frame, List<ByteString> items) {
    /// @param field number of the repeated field, which holds messages
    static <M extends Message> Framed<M> of(ByteString message, int field, Parser<M> parser, Place at) {
        List<ByteString> items = new ArrayList<>();
        UnknownFieldSet.Builder rest = UnknownFieldSet.newBuilder();
        CodedInputStream in = message.newCodedInput();
        in.enableAliasing(true);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                boolean item = WireFormat.getTagFieldNumber(tag) == field
                        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
                if (item) {
                    items.add(in.readBytes());
                } else if (!rest.mergeFieldFrom(tag, in)) {
                    throw at.refuse("cannot be parsed: a group ends that never began");
                }
            }
            return new Framed<>(parser.parseFrom(rest.build().toByteString()), List.copyOf(items));
        } catch (IOException broken) {
            throw at.refuse("cannot be parsed: " + broken.getMessage());
        }
    }

    /// Reads one item.
    static <M extends Message> M read(ByteString item, Parser<M> parser, Place at) {
        try {
            return parser.parseFrom(item);
        } catch (InvalidProtocolBufferException broken) {
            throw at.refuse("cannot be parsed: " + broken.getMessage());
        }
    }
}
