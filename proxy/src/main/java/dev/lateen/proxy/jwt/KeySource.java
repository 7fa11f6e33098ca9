package dev.lateen.proxy.jwt;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.telemetry.Counter;
import org.jspecify.annotations.Nullable;

/// The keys of one provider, as far as they are here.
///
/// Thread: any.
public sealed interface KeySource {
    /// Null where there are none at the moment.
    @Nullable
    KeySet keys();

    /// @param successes counts fetches, as `failures` does
    static KeySource of(JwtProvider provider, Clusters clusters, Counter successes, Counter failures) {
        return switch (provider.keys()) {
            case JwtProvider.LocalKeys(KeySet keys) -> new Local(keys);
            case JwtProvider.FetchedKeys fetched -> new Remote(new RemoteKeys(fetched, clusters, successes, failures));
        };
    }

    /// Those of the configuration.
    record Local(KeySet keys) implements KeySource {}

    /// Those that are fetched.
    record Remote(RemoteKeys fetched) implements KeySource {
        @Override
        public @Nullable KeySet keys() {
            return fetched.keys(System.nanoTime());
        }
    }
}
