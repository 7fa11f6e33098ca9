package dev.lateen.proxy.listener;

import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.listener.FilterChainMatch.SourceType;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Finds the filter chain of a connection. Each step keeps the most specific criterion that matches, and there is
/// no way back: destination port, destination address (longest prefix), server name (exact, then the longest
/// wildcard), transport protocol, application protocols (in the client's order), directly connected source, source
/// type, source address, source port. Nothing left means the default chain.
///
/// Source: envoy.config.listener.v3.FilterChainMatch. Thread: any (immutable once built).
///
/// @param <T> what stands for a chain
public final class FilterChainTable<T> {
    private final Map<Integer, Destinations<T>> byPort = new HashMap<>();
    private final @Nullable T standard;

    private FilterChainTable(@Nullable T standard) {
        this.standard = standard;
    }

    /// A chain with what it takes.
    ///
    /// @param name for the text of refusals
    public record Entry<T>(String name, FilterChainMatch match, T chain) {}

    /// Throws a `Refusal` where two chains have the same criteria.
    ///
    /// @param standard the default chain, or null
    public static <T> FilterChainTable<T> of(List<Entry<T>> entries, @Nullable T standard) {
        FilterChainTable<T> table = new FilterChainTable<>(standard);
        for (Entry<T> entry : entries) {
            table.add(entry);
        }
        return table;
    }

    /// The chain for a connection, or null where none takes it and there is no default.
    public @Nullable T find(ConnectionFacts facts) {
        T chain = null;
        Destinations<T> ports = byPort.get(ConnectionFacts.port(facts.local));
        if (ports == null) {
            ports = byPort.get(0);
        }
        if (ports != null) {
            chain = ports.find(facts);
        }
        return chain == null ? standard : chain;
    }

    private void add(Entry<T> entry) {
        FilterChainMatch match = entry.match();
        int port = portOf(match.destinationPort());
        Destinations<T> destinations = byPort.computeIfAbsent(port, _ -> new Destinations<>());
        for (@Nullable CidrRange range : orAll(match.destinations())) {
            Names<T> names = destinations.ranges.at(range, Names::new);
            for (String name : match.serverNames().isEmpty() ? List.of("") : match.serverNames()) {
                Transports<T> transports = names.at(name);
                Protocols<T> protocols =
                        transports.byName.computeIfAbsent(match.transportProtocol(), _ -> new Protocols<>());
                addProtocols(protocols, entry);
            }
        }
    }

    private static <T> void addProtocols(Protocols<T> protocols, Entry<T> entry) {
        FilterChainMatch match = entry.match();
        List<String> names = match.applicationProtocols().isEmpty() ? List.of("") : match.applicationProtocols();
        for (String name : names) {
            Ranges<Sources<T>> direct = protocols.byName.computeIfAbsent(name, _ -> new Ranges<>());
            for (@Nullable CidrRange range : orAll(match.source().direct())) {
                Sources<T> sources = direct.at(range, Sources::new);
                addSources(sources, entry);
            }
        }
    }

    private static <T> void addSources(Sources<T> sources, Entry<T> entry) {
        FilterChainMatch.SourceMatch source = entry.match().source();
        Ranges<Map<Integer, Entry<T>>> ranges = sources.byType.computeIfAbsent(source.type(), _ -> new Ranges<>());
        for (@Nullable CidrRange range : orAll(source.ranges())) {
            Map<Integer, Entry<T>> ports = ranges.at(range, HashMap::new);
            for (int port : source.ports().isEmpty() ? List.of(0) : source.ports()) {
                Entry<T> other = ports.putIfAbsent(port, entry);
                if (other != null) {
                    throw new Refusal("filter chain '" + entry.name() + "' has the same matching rules as '"
                            + other.name() + "'; a connection could not tell which to take");
                }
            }
        }
    }

    private static int portOf(OptionalInt port) {
        return port.orElse(0);
    }

    /// The ranges, or one null that stands for "every address".
    private static List<@Nullable CidrRange> orAll(List<CidrRange> ranges) {
        List<@Nullable CidrRange> all = new ArrayList<>();
        if (ranges.isEmpty()) {
            all.add(null);
        } else {
            all.addAll(ranges);
        }
        return all;
    }

    private static final class Destinations<T> {
        final Ranges<Names<T>> ranges = new Ranges<>();

        @Nullable
        T find(ConnectionFacts facts) {
            Names<T> names = ranges.find(ConnectionFacts.ip(facts.local));
            return names == null ? null : names.find(facts);
        }
    }

    /// Exact names, wildcards (as `.a.com`) and the empty name that stands for all.
    private static final class Names<T> {
        private final Map<String, Transports<T>> byName = new HashMap<>();

        Transports<T> at(String serverName) {
            String key = serverName.startsWith("*.") ? serverName.substring(1) : serverName;
            return byName.computeIfAbsent(key, _ -> new Transports<>());
        }

        @Nullable
        T find(ConnectionFacts facts) {
            Transports<T> transports = of(facts.serverName);
            return transports == null ? null : transports.find(facts);
        }

        private @Nullable Transports<T> of(String name) {
            if (!name.isEmpty()) {
                Transports<T> exact = byName.get(name);
                if (exact != null) {
                    return exact;
                }
                for (int dot = name.indexOf('.', 1);
                        dot > 0 && dot < name.length() - 1;
                        dot = name.indexOf('.', dot + 1)) {
                    Transports<T> wildcard = byName.get(name.substring(dot));
                    if (wildcard != null) {
                        return wildcard;
                    }
                }
            }
            return byName.get("");
        }
    }

    private static final class Transports<T> {
        final Map<String, Protocols<T>> byName = new HashMap<>();

        @Nullable
        T find(ConnectionFacts facts) {
            Protocols<T> protocols = byName.get(facts.transportProtocol);
            if (protocols == null) {
                protocols = byName.get("");
            }
            return protocols == null ? null : protocols.find(facts);
        }
    }

    private static final class Protocols<T> {
        final Map<String, Ranges<Sources<T>>> byName = new HashMap<>();

        @Nullable
        T find(ConnectionFacts facts) {
            Ranges<Sources<T>> direct = null;
            for (int index = 0; direct == null && index < facts.applicationProtocols.size(); index++) {
                direct = byName.get(facts.applicationProtocols.get(index));
            }
            if (direct == null) {
                direct = byName.get("");
            }
            Sources<T> sources = direct == null ? null : direct.find(ConnectionFacts.ip(facts.directRemote));
            return sources == null ? null : sources.find(facts);
        }
    }

    private static final class Sources<T> {
        final Map<SourceType, Ranges<Map<Integer, Entry<T>>>> byType = new HashMap<>();

        @Nullable
        T find(ConnectionFacts facts) {
            Ranges<Map<Integer, Entry<T>>> ranges = byType.size() == 1 && byType.containsKey(SourceType.ANY)
                    ? byType.get(SourceType.ANY)
                    : ofType(isLocal(facts) ? SourceType.SAME_IP_OR_LOOPBACK : SourceType.EXTERNAL);
            Map<Integer, Entry<T>> ports = ranges == null ? null : ranges.find(ConnectionFacts.ip(facts.remote));
            if (ports == null) {
                return null;
            }
            Entry<T> entry = ports.get(ConnectionFacts.port(facts.remote));
            if (entry == null) {
                entry = ports.get(0);
            }
            return entry == null ? null : entry.chain();
        }

        private @Nullable Ranges<Map<Integer, Entry<T>>> ofType(SourceType type) {
            Ranges<Map<Integer, Entry<T>>> ranges = byType.get(type);
            return ranges == null ? byType.get(SourceType.ANY) : ranges;
        }

        private static boolean isLocal(ConnectionFacts facts) {
            InetAddress remote = ConnectionFacts.ip(facts.remote);
            // A Unix socket is on this machine by nature.
            return remote == null || remote.isLoopbackAddress() || remote.equals(ConnectionFacts.ip(facts.local));
        }
    }

    /// Values by address range, the longest prefix first.
    private static final class Ranges<V> {
        private final List<CidrRange> prefixes = new ArrayList<>();
        private final List<V> values = new ArrayList<>();
        private @Nullable V everywhere;

        /// The value of a range, made where it is new. A null range stands for every address.
        V at(@Nullable CidrRange range, java.util.function.Supplier<V> make) {
            if (range == null) {
                if (everywhere == null) {
                    everywhere = make.get();
                }
                return everywhere;
            }
            int known = prefixes.indexOf(range);
            if (known >= 0) {
                return values.get(known);
            }
            int index = 0;
            while (index < prefixes.size() && prefixes.get(index).bits() >= range.bits()) {
                index++;
            }
            V value = make.get();
            prefixes.add(index, range);
            values.add(index, value);
            return value;
        }

        @Nullable
        V find(@Nullable InetAddress address) {
            if (address != null) {
                for (int index = 0; index < prefixes.size(); index++) {
                    if (prefixes.get(index).contains(address)) {
                        return values.get(index);
                    }
                }
            }
            return everywhere;
        }
    }
}
