/// Upstream clusters: what a cluster is configured to be (`ClusterConfig`, decoded by `ClusterDecoder`), which hosts it
/// has, how one is picked, and the connections to it. `Clusters` and `Cluster` are shared by all event loops and change
/// on the chores loop; `ClusterWorker` belongs to one event loop and holds its load balancer and its connection pools.
/// Entry: `ClusterWorker`.
@NullMarked
package dev.lateen.proxy.cluster;

import org.jspecify.annotations.NullMarked;
