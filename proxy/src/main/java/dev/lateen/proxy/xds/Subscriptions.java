package dev.lateen.proxy.xds;

import dev.lateen.xds.ResourceType;
import java.util.Set;

/// Who asks the control plane for the resources that others refer to.
///
/// Thread: chores loop.
public interface Subscriptions {
    /// Replaces the names asked for. An empty set ends the subscription.
    void want(ResourceType type, Set<String> names);
}
