package dev.lateen.proxy.cluster;

import dev.lateen.proxy.stream.Addresses;
import java.util.Collection;

/// The state of a cluster's hosts in one line, for explanations. Thread: any.
final class HostsText {
    private static final int MOST_SHOWN = 6;

    private HostsText() {}

    static String of(Collection<Host> hosts) {
        int healthy = 0;
        int ejected = 0;
        int shown = 0;
        StringBuilder bad = new StringBuilder();
        for (Host host : hosts) {
            ejected += host.ejected() ? 1 : 0;
            if (HostSnapshot.healthy(host)) {
                healthy++;
            } else if (shown++ < MOST_SHOWN) {
                bad.append(bad.isEmpty() ? ": " : ", ")
                        .append(Addresses.text(host.address()))
                        .append(' ')
                        .append(state(host));
            }
        }
        return hosts.size() + " hosts, " + healthy + " healthy, " + ejected + " ejected" + bad;
    }

    private static String state(Host host) {
        if (host.ejected()) {
            return "ejected";
        }
        if (host.checked().failed()) {
            return host.checked().timedOut()
                    ? "failed its health check (no answer in time)"
                    : "failed its health check";
        }
        return switch (host.config().health()) {
            case HEALTHY -> "healthy";
            case DEGRADED -> "degraded";
            case UNHEALTHY -> "unhealthy";
            case DRAINING -> "draining";
        };
    }
}
