package dev.lateen.proxy.listener;

import java.util.List;

/// When a listener filter is switched off, by destination port.
///
/// Source: envoy.config.listener.v3.ListenerFilterChainMatchPredicate.
public sealed interface PortPredicate {
    boolean matches(int destinationPort);

    enum Never implements PortPredicate {
        INSTANCE;

        @Override
        public boolean matches(int destinationPort) {
            return false;
        }
    }

    enum Always implements PortPredicate {
        INSTANCE;

        @Override
        public boolean matches(int destinationPort) {
            return true;
        }
    }

    /// At least `start`, below `end`.
    record Range(int start, int end) implements PortPredicate {
        @Override
        public boolean matches(int destinationPort) {
            return destinationPort >= start && destinationPort < end;
        }
    }

    record Not(PortPredicate inner) implements PortPredicate {
        @Override
        public boolean matches(int destinationPort) {
            return !inner.matches(destinationPort);
        }
    }

    record Any(List<PortPredicate> inner) implements PortPredicate {
        @Override
        public boolean matches(int destinationPort) {
            for (PortPredicate predicate : inner) {
                if (predicate.matches(destinationPort)) {
                    return true;
                }
            }
            return false;
        }
    }

    record All(List<PortPredicate> inner) implements PortPredicate {
        @Override
        public boolean matches(int destinationPort) {
            for (PortPredicate predicate : inner) {
                if (!predicate.matches(destinationPort)) {
                    return false;
                }
            }
            return true;
        }
    }
}
