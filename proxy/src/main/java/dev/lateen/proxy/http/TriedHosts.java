package dev.lateen.proxy.http;

import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.route.RetryPolicy;
import java.util.ArrayList;
import java.util.List;

/// The hosts that a request has been at, and what its retry policy wants of a further attempt because of them.
///
/// Source: Envoy's retry plugins `previous_hosts` and `previous_priorities`. Thread: event loop of the request.
final class TriedHosts {
    static final TriedHosts NONE = new TriedHosts(RetryPolicy.NONE);

    private final RetryPolicy policy;
    private final List<Host> hosts = new ArrayList<>(4);

    private TriedHosts(RetryPolicy policy) {
        this.policy = policy;
    }

    /// What is to be asked from now on, where `host` is tried.
    TriedHosts with(Host host, RetryPolicy policy) {
        TriedHosts tried = this == NONE ? new TriedHosts(policy) : this;
        tried.hosts.add(host);
        return tried;
    }

    boolean avoids(Host host) {
        return policy.avoidPreviousHosts() && hosts.contains(host);
    }

    boolean avoidsPriorities() {
        int every = policy.avoidPrioritiesEvery();
        return every > 0 && hosts.size() >= every;
    }

    /// Those of the hosts that were tried when the load was last looked at anew.
    boolean avoidsPriority(int priority) {
        int every = policy.avoidPrioritiesEvery();
        for (int index = 0; index < hosts.size() - hosts.size() % every; index++) {
            if (hosts.get(index).priority() == priority) {
                return true;
            }
        }
        return false;
    }

    int maxAttempts() {
        return hosts.isEmpty() ? 0 : policy.hostAttempts();
    }
}
