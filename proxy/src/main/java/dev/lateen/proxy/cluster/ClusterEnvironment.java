package dev.lateen.proxy.cluster;

import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;

/// What clusters need of the process around them.
///
/// @param chores the loop of everything that is not traffic: updates, sweeps, name resolution
public record ClusterEnvironment(EventLoop chores, Stats stats) {}
