package dev.lateen.net.grpc;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Takes messages out of a gRPC stream: five bytes of prefix (flag, length), then the message.
///
/// Thread: event loop of its channel.
final class GrpcDeframer {
    private static final int PREFIX = 5;

    private final int maxMessageBytes;
    private int prefixRead;
    private int flag;
    private long length;
    private byte @Nullable [] message;
    private int filled;

    GrpcDeframer(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /// Takes the next message, or returns null where `in` holds no more whole ones.
    byte @Nullable [] next(ByteBuf in) {
        while (message == null) {
            if (!in.isReadable()) {
                return null;
            }
            int b = in.readUnsignedByte();
            if (prefixRead++ == 0) {
                flag = b;
                length = 0;
            } else {
                length = length << 8 | b;
            }
            if (prefixRead == PREFIX) {
                if (flag != 0 || length > maxMessageBytes) {
                    return null;
                }
                message = new byte[(int) length];
                filled = 0;
            }
        }
        byte[] target = message;
        int take = Math.min(in.readableBytes(), target.length - filled);
        in.readBytes(target, filled, take);
        filled += take;
        if (filled < target.length) {
            return null;
        }
        message = null;
        prefixRead = 0;
        return target;
    }

    /// What is wrong with the prefix that was read last, or null.
    @Nullable
    GrpcStatus error() {
        if (prefixRead < PREFIX || message != null) {
            return null;
        }
        if (flag != 0) {
            return new GrpcStatus(GrpcCode.INTERNAL, "compressed message, though only identity was offered");
        }
        return new GrpcStatus(
                GrpcCode.RESOURCE_EXHAUSTED, "message of " + length + " bytes (limit " + maxMessageBytes + ")");
    }

    /// Whether a message has begun and not ended.
    boolean isInMessage() {
        return prefixRead > 0;
    }
}
