package dev.lateen.proxy.cluster;

import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;

/// What clusters need of the process around them.
///
/// @param chores the loop of everything that is not traffic: updates, sweeps, name resolution
/// @param local where the process runs, and who else of its kind there is
public record ClusterEnvironment(EventLoop chores, Stats stats, LocalZone local) {
    /// Of processes that know nothing of their own kind.
    public ClusterEnvironment(EventLoop chores, Stats stats) {
        this(chores, stats, LocalZone.none());
    }
}
