package dev.lateen.proxy.bootstrap;

/// How the control plane is reached and what is asked of it.
///
/// @param delta incremental protocol, else state of the world
/// @param listeners whether LDS goes over the aggregated stream
/// @param clusters whether CDS goes over the aggregated stream
/// @param names whether the table of names does, which this proxy serves then
public record DiscoveryConfig(Target target, boolean delta, boolean listeners, boolean clusters, boolean names) {
    /// Where the stream goes.
    public sealed interface Target {
        /// A cluster of the bootstrap, by name.
        record StaticCluster(String name) implements Target {}

        /// A control plane given by Istio's environment.
        record Server(ServerAddress address) implements Target {}
    }
}
