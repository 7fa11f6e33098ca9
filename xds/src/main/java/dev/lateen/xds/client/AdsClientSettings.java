package dev.lateen.xds.client;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Duration;

/// How a client speaks.
///
/// @param node sent with the first request of each stream
/// @param delta the incremental variant
/// @param firstRetry after which a lost stream is opened again; doubles up to `longestRetry`, with jitter
public record AdsClientSettings(Node node, boolean delta, Duration firstRetry, Duration longestRetry) {
    public static AdsClientSettings of(Node node) {
        return new AdsClientSettings(node, true, Duration.ofMillis(200), Duration.ofSeconds(10));
    }

    public AdsClientSettings stateOfTheWorld() {
        return new AdsClientSettings(node, false, firstRetry, longestRetry);
    }
}
