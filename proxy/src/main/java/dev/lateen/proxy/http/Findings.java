package dev.lateen.proxy.http;

import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.RoutePriority;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;

/// Writes down what an explanation of a failed request will need of the cluster, as it is at that moment.
///
/// Thread: event loop of the request.
final class Findings {
    private Findings() {}

    /// No host could be picked.
    static void noHost(StreamInfo info, Cluster cluster) {
        info.clusterMetadata = cluster.config().metadata().namespaces();
        info.evidence().note("hosts", cluster.describeHosts());
    }

    /// The attempt got no connection, or lost it.
    static void failure(StreamInfo info, UpstreamFailure failure, Cluster cluster, RoutePriority priority) {
        if (failure.kind() == UpstreamFailure.Kind.OVERFLOW) {
            info.evidence().note("circuit", cluster.describeLimits(priority));
        } else {
            info.evidence().note("hosts", cluster.describeHosts());
        }
    }

    /// Another attempt would have been too many at once.
    static void retryOverflow(StreamInfo info, Cluster cluster, RoutePriority priority) {
        info.flag(ResponseFlag.UPSTREAM_OVERFLOW);
        info.evidence().note("circuit", cluster.describeLimits(priority));
    }

    static void retriesUsedUp(StreamInfo info) {
        info.flag(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
        info.evidence().note("retries", info.attempts - 1 + " retries, as many as there may be");
    }
}
