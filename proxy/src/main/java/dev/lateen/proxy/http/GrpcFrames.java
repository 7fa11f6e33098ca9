package dev.lateen.proxy.http;

import io.netty.buffer.ByteBuf;

/// Counts the messages of a gRPC stream by their length prefixes, without touching the bytes.
///
/// Source: gRPC over HTTP/2, "Length-Prefixed-Message". Thread: event loop of the request.
final class GrpcFrames {
    private static final int PREFIX = 5;

    private long bodyLeft;
    private int prefixSeen;
    private long length;

    /// How many messages end in these bytes.
    int count(ByteBuf data) {
        int messages = 0;
        int at = data.readerIndex();
        int end = data.writerIndex();
        while (at < end) {
            if (bodyLeft > 0) {
                long step = Math.min(bodyLeft, end - at);
                at += (int) step;
                bodyLeft -= step;
                messages += bodyLeft == 0 ? 1 : 0;
                continue;
            }
            int octet = data.getUnsignedByte(at++);
            length = prefixSeen == 0 ? 0 : length << 8 | octet;
            prefixSeen++;
            if (prefixSeen == PREFIX) {
                prefixSeen = 0;
                bodyLeft = length;
                messages += length == 0 ? 1 : 0;
            }
        }
        return messages;
    }
}
