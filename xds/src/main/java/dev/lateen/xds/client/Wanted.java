package dev.lateen.xds.client;

import dev.lateen.xds.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the proxy wants of one type, and which versions it holds. It outlives streams.
///
/// Thread: the client's loop.
final class Wanted {
    private static final String ALL = "*";

    private final ResourceType type;
    private boolean all;
    private Set<String> names = new LinkedHashSet<>();
    /// By name, of accepted resources.
    private final Map<String, String> versions = new HashMap<>();
    private String version = "";
    private String nonce = "";
    private boolean asked;

    Wanted(ResourceType type) {
        this.type = type;
    }

    ResourceType type() {
        return type;
    }

    boolean isEmpty() {
        return !all && names.isEmpty();
    }

    boolean all() {
        return all;
    }

    boolean covers(String name) {
        return all || names.contains(name);
    }

    Map<String, String> versions() {
        return versions;
    }

    /// The last version of the whole that was accepted, and the last nonce of this stream.
    String version() {
        return version;
    }

    String nonce() {
        return nonce;
    }

    void received(String newNonce) {
        nonce = newNonce;
    }

    void accepted(String newVersion) {
        version = newVersion;
    }

    /// Whether this stream has been asked for the type.
    boolean asked() {
        return asked;
    }

    void markAsked() {
        asked = true;
    }

    void streamLost() {
        asked = false;
        nonce = "";
    }

    void wantAll() {
        all = true;
    }

    /// Replaces the names; what is no longer wanted is no longer held.
    ///
    /// @return what changed
    Change want(Set<String> wanted) {
        List<String> added = new ArrayList<>();
        for (String name : wanted) {
            if (!names.contains(name)) {
                added.add(name);
            }
        }
        List<String> dropped = new ArrayList<>();
        for (String name : names) {
            if (!wanted.contains(name)) {
                dropped.add(name);
            }
        }
        names = new LinkedHashSet<>(wanted);
        if (!all) {
            dropped.forEach(versions::remove);
        }
        return new Change(added, dropped);
    }

    record Change(List<String> added, List<String> dropped) {
        boolean isEmpty() {
            return added.isEmpty() && dropped.isEmpty();
        }
    }

    /// As the protocol writes it: the wildcard alone needs no name where the type has it by default.
    List<String> subscription() {
        List<String> list = new ArrayList<>();
        if (all && (!names.isEmpty() || !type.wildcardByDefault())) {
            list.add(ALL);
        }
        list.addAll(names);
        return list;
    }
}
