package dev.lateen.xds.server;

import java.time.Duration;

/// What a client may ask of the server.
///
/// @param maxStreams over all listeners; further ones are refused with RESOURCE_EXHAUSTED
/// @param maxNamesPerType in one subscription, however many requests it took to name them
/// @param maxNodeBytes of what a proxy says about itself
/// @param maxRequestBytes of one message; a reconnecting delta client lists all that it has
/// @param maxUnsentBytes of responses that the network has not taken yet, over all streams
/// @param firstRequestWithin a stream that stays silent longer is closed
/// @param holdListeners how long listeners and routes wait for a proxy to take the clusters that they may point at
public record AdsLimits(
        int maxStreams,
        int maxNamesPerType,
        int maxNodeBytes,
        int maxRequestBytes,
        long maxUnsentBytes,
        Duration firstRequestWithin,
        Duration holdListeners) {
    public static final AdsLimits DEFAULT =
            new AdsLimits(10_000, 200_000, 1 << 20, 8 << 20, 32 << 20, Duration.ofSeconds(15), Duration.ofSeconds(1));
}
