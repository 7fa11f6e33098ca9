package dev.lateen.xds.server;

import dev.lateen.xds.ResourceType;
import java.util.Optional;
import java.util.Set;

/// Who decides what each proxy gets, and hears how it took it.
///
/// Thread: all calls come from the ads loop and must return at once; work belongs elsewhere.
public interface DiscoverySource {
    /// A proxy named itself. Answer, now or later, with `ProxyConnection.update` or `ProxyConnection.refuse`.
    void onConnect(ProxyConnection connection);

    /// The stream ended, whoever ended it.
    void onDisconnect(ProxyConnection connection);

    /// The proxy asked for names that it had not asked for before.
    void onSubscribe(ProxyConnection connection, ResourceType type, Set<String> names);

    /// A response was sent.
    void onPush(ProxyConnection connection, Push push);

    /// The proxy took a response.
    void onAccepted(ProxyConnection connection, ResourceType type, PushEvent accepted);

    /// The proxy refused a response; `rejected.detail()` is its reason.
    void onRejected(ProxyConnection connection, ResourceType type, PushEvent rejected);

    /// The agent beside an application says how that is.
    ///
    /// @param unwell why it is not well; empty where it is
    default void onHealth(ProxyConnection connection, Optional<String> unwell) {}

    /// The proxy answered a response that another one has followed since; nothing comes of it.
    default void onOvertaken(ProxyConnection connection, ResourceType type) {}

    /// The proxy has answered everything of a version that was given with `ProxyConnection.update`, and nothing of it
    /// is left to be sent.
    void onSettled(ProxyConnection connection, String version);
}
