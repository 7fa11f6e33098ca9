package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.stream.PeerInfo;

/// What this proxy tells its peers in headers of the workload that it serves; encoded once.
///
/// @param text of `x-envoy-peer-metadata`
/// @param id of `x-envoy-peer-metadata-id`: the node's
/// @param serviceCluster the node's, for rate limits by source
public record OwnMetadata(String text, String id, String serviceCluster) {
    public static OwnMetadata of(PeerInfo local, String nodeId, String serviceCluster) {
        return new OwnMetadata(PeerMetadata.encode(local), nodeId, serviceCluster);
    }
}
