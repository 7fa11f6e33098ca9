package dev.lateen.proxy.dns;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Names of the mesh and their addresses, as the control plane has told them last.
///
/// Thread: any (immutable).
public final class NameTable {
    public static final NameTable EMPTY = new NameTable(Map.of(), Optional.empty());

    private final Map<String, Addresses> names;
    private final String search;

    /// In the order of the wire.
    @SuppressWarnings("ArrayRecordComponent") // written into answers as they are, compared by nobody
    record Addresses(byte[][] ipv4, byte[][] ipv6) {}

    /// @param canonical of which the name is an alias; empty for none
    record Match(String canonical, Addresses addresses) {}

    /// @param names in lower case, without a last dot; such as `*.example.com` for all names below
    /// @param search the first domain that resolvers of the pod try names in
    NameTable(Map<String, Addresses> names, Optional<String> search) {
        this.names = new HashMap<>(names);
        this.search = search.map(domain -> "." + domain).orElse("");
    }

    public int size() {
        return names.size();
    }

    /// Finds the addresses of a name. One that a resolver has put into its first search domain is an alias, which
    /// saves the questions for all the others.
    ///
    /// @param name in lower case, without a last dot
    /// @return null for a name that is none of the mesh
    @Nullable
    Match find(String name) {
        Addresses own = addresses(name);
        if (own != null) {
            return new Match("", own);
        }
        if (search.isEmpty() || !name.endsWith(search)) {
            return null;
        }
        String shorter = name.substring(0, name.length() - search.length());
        Addresses found = shorter.isEmpty() ? null : addresses(shorter);
        return found == null ? null : new Match(shorter, found);
    }

    private @Nullable Addresses addresses(String name) {
        Addresses exact = names.get(name);
        for (int dot = name.indexOf('.'); exact == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
            exact = names.get("*" + name.substring(dot));
        }
        return exact;
    }
}
