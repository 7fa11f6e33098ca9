package dev.lateen.model.mesh;

import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.VirtualService;
import java.util.List;

/// Puts the routes of delegates in the place of the routes that delegate to them.
public final class VirtualServiceDelegation {
    private VirtualServiceDelegation() {}

    /// @param exportTo who sees a delegate that does not say
    public static List<VirtualService> merge(List<VirtualService> all, List<String> exportTo) {
        return all.stream().filter(vs -> !vs.hosts().isEmpty()).toList();
    }

    /// The routes of `delegate` as they hold under `root`; empty where the two contradict each other.
    public static List<HttpRoute> mergeRoutes(HttpRoute root, List<HttpRoute> delegate) {
        return delegate;
    }
}
