package dev.lateen.proxy.overload;

import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Counts the connections of clients and says which new ones are closed at once.
///
/// Thread: any.
public final class Admission {
    private final ConnectionLimits limits;
    private final Overload overload;
    private final Counter open;
    private final Map<InetAddress, AtomicLong> byClient = new ConcurrentHashMap<>();

    /// What becomes of a new connection.
    public enum Verdict {
        ADMITTED,
        TOO_MANY,
        TOO_MANY_OF_LISTENER,
        TOO_MANY_OF_CLIENT,
        OVERLOADED
    }

    public Admission(ConnectionLimits limits, Overload overload, Stats stats) {
        this.limits = limits;
        this.overload = overload;
        this.open = openConnections(stats);
    }

    /// The number of open connections over all listeners.
    public static Counter openConnections(Stats stats) {
        return stats.gauge("server.total_connections");
    }

    /// One that has been admitted is to be given back by `closed`.
    ///
    /// @param ofListener connections that the listener has
    public Verdict admit(String listener, long ofListener, SocketAddress client) {
        if (overload.refusesConnection(ThreadLocalRandom.current().nextLong())) {
            return Verdict.OVERLOADED;
        }
        if (ofListener >= limits.of(listener)) {
            return Verdict.TOO_MANY_OF_LISTENER;
        }
        if (open.value() >= limits.all()) {
            return Verdict.TOO_MANY;
        }
        if (limits.perClient() != Long.MAX_VALUE && !admitClient(client)) {
            return Verdict.TOO_MANY_OF_CLIENT;
        }
        open.add(1);
        return Verdict.ADMITTED;
    }

    private boolean admitClient(SocketAddress client) {
        if (!(client instanceof InetSocketAddress inet)) {
            return true;
        }
        boolean[] admitted = new boolean[1];
        byClient.compute(inet.getAddress(), (_, known) -> {
            AtomicLong count = known == null ? new AtomicLong() : known;
            admitted[0] = count.get() < limits.perClient();
            if (admitted[0]) {
                count.incrementAndGet();
            }
            return count;
        });
        return admitted[0];
    }

    public void closed(SocketAddress client) {
        open.add(-1);
        if (limits.perClient() != Long.MAX_VALUE && client instanceof InetSocketAddress inet) {
            byClient.computeIfPresent(inet.getAddress(), (_, count) -> count.decrementAndGet() <= 0 ? null : count);
        }
    }
}
