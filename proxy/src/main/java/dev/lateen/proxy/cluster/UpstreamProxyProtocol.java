package dev.lateen.proxy.cluster;

import com.google.protobuf.ByteString;
import dev.lateen.net.proxyprotocol.ProxyHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The PROXY header that upstream connections begin with.
///
/// Source: envoy.extensions.transport_sockets.proxy_protocol.v3. Thread: any (immutable).
///
/// @param version2 the binary form
/// @param added further fields of version 2
public record UpstreamProxyProtocol(boolean version2, List<Added> added) {
    /// @param value compared by content, so that equal configurations are equal
    public record Added(int type, ByteString value) {}

    public UpstreamProxyProtocol {
        added = List.copyOf(added);
    }

    /// @param client whose connection is relayed; null: our own
    ByteBuf header(@Nullable ProxyHeader client, ByteBufAllocator allocator) {
        if (!version2) {
            return ProxyHeader.version1(client, allocator);
        }
        List<ProxyHeader.Tlv> tlvs = new ArrayList<>(added.size());
        for (Added one : added) {
            tlvs.add(new ProxyHeader.Tlv(one.type, one.value.toByteArray()));
        }
        return ProxyHeader.version2(client, tlvs, allocator);
    }
}
