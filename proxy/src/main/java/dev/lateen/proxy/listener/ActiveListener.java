package dev.lateen.proxy.listener;

import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A listener in force: its configuration with the chains that serve it. A change makes a new one, which takes over the
/// sockets and those chains that stayed the same.
///
/// Thread: any (immutable).
public final class ActiveListener {
    private final ListenerConfig config;
    private final FilterChainTable<ActiveChain> table;
    private final Map<String, ActiveChain> chainsByFingerprint;
    private final List<AccessLogger> loggers;

    ActiveListener(
            ListenerConfig config,
            FilterChainTable<ActiveChain> table,
            Map<String, ActiveChain> chainsByFingerprint,
            List<AccessLogger> loggers) {
        this.loggers = List.copyOf(loggers);
        this.config = config;
        this.table = table;
        this.chainsByFingerprint = new LinkedHashMap<>(chainsByFingerprint);
    }

    public ListenerConfig config() {
        return config;
    }

    public Collection<ActiveChain> chains() {
        return chainsByFingerprint.values();
    }

    public int connectionCount() {
        int count = 0;
        for (ActiveChain chain : chains()) {
            count += chain.connectionCount();
        }
        return count;
    }

    /// Tells of a connection that no chain took.
    void log(StreamInfo info) {
        for (AccessLogger logger : loggers) {
            logger.log(info);
        }
    }

    @Nullable
    ActiveChain chain(String fingerprint) {
        return chainsByFingerprint.get(fingerprint);
    }

    @Nullable
    ActiveChain find(ConnectionFacts facts) {
        return table.find(facts);
    }
}
