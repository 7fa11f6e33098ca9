package dev.lateen.xds.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which resources of one type a stream asked for.
///
/// Thread: ads loop.
///
/// Source: xDS protocol, "How the client specifies what resources to return".
final class Interest {
    static final String ALL = "*";

    private final Set<String> names = new LinkedHashSet<>();
    private boolean wildcard;
    private boolean named;

    boolean wildcard() {
        return wildcard;
    }

    Set<String> names() {
        return names;
    }

    boolean isEmpty() {
        return !wildcard && names.isEmpty();
    }

    boolean covers(String name) {
        return wildcard || names.contains(name);
    }

    /// State of the world: the list replaces what was asked before. No names at all means "all" only until the first
    /// name was given; after that it means "none".
    ///
    /// @return what is asked for newly; `ALL` for the wildcard
    List<String> replace(Collection<String> wanted, boolean wildcardByDefault) {
        boolean nowWildcard = wanted.contains(ALL) || (wanted.isEmpty() && !named && wildcardByDefault);
        List<String> added = new ArrayList<>();
        if (nowWildcard && !wildcard) {
            added.add(ALL);
        }
        for (String name : wanted) {
            if (!name.equals(ALL) && !names.contains(name)) {
                added.add(name);
            }
        }
        wildcard = nowWildcard;
        named |= !wanted.isEmpty();
        names.clear();
        names.addAll(wanted);
        names.remove(ALL);
        return added;
    }

    /// Delta.
    void subscribe(String name) {
        named = true;
        if (name.equals(ALL)) {
            wildcard = true;
        } else {
            names.add(name);
        }
    }

    void subscribeToAll() {
        wildcard = true;
    }

    void unsubscribe(String name) {
        if (name.equals(ALL)) {
            wildcard = false;
        } else {
            names.remove(name);
        }
    }
}
