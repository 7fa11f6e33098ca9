package dev.lateen.xds.client;

import dev.lateen.xds.ResourceType;

/// Takes what the control plane sends.
///
/// Thread: the client's loop.
public interface AdsListener {
    /// Resources came or went. What it subscribes to within this call is asked for before the answer is sent.
    Answer onUpdate(ResourceUpdate update);

    /// The stream is open and its subscriptions are sent.
    default void onConnected() {}

    /// The stream is gone, or could not be opened; the client tries again by itself, and what was received stays.
    ///
    /// @param everConnected whether it had been open
    default void onDisconnected(String reason, boolean everConnected) {}

    /// A response that could not be read at all was answered with a rejection.
    default void onMalformed(ResourceType type, String reason) {}
}
