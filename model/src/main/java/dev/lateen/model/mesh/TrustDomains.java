package dev.lateen.model.mesh;

import dev.lateen.model.istio.AuthorizationPolicy.Values;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The names of this mesh's trust domain: the one in force, then its aliases. A principal under one of them stands for
/// the same under all.
///
/// Source: Istio, "Trust Domain Migration". Thread: any.
public record TrustDomains(List<String> names) {
    /// In policies this name means the mesh's own domain, whatever it is called.
    private static final String LOCAL = "cluster.local";

    /// `TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT`.
    private static final int PARTS = 5;

    public static TrustDomains of(MeshConfig mesh) {
        List<String> names = new ArrayList<>();
        names.add(mesh.identity().trustDomain());
        names.addAll(mesh.identity().trustDomainAliases());
        return new TrustDomains(names);
    }

    /// Principals under all names.
    public Values principals(Values values) {
        return new Values(principals(values.in()), principals(values.notIn()));
    }

    private List<String> principals(List<String> principals) {
        List<String> all = new ArrayList<>();
        for (String principal : principals) {
            String domain = domainOf(principal);
            if (domain.equals(LOCAL) || names.stream().anyMatch(name -> matches(domain, name))) {
                all.addAll(underAllNames(principal, domain));
            } else {
                all.add(principal);
            }
        }
        return all;
    }

    /// A pattern of domains stays as it is for those names that it covers.
    private Set<String> underAllNames(String principal, String domain) {
        Set<String> all = new LinkedHashSet<>();
        for (String name : names) {
            boolean covered = domain.startsWith("*") && name.endsWith(domain.substring(1));
            all.add(covered ? principal : name + principal.substring(domain.length()));
        }
        return all;
    }

    /// Empty where the principal names none: it has another form, or any domain will do.
    private static String domainOf(String principal) {
        String[] parts = principal.split("/", -1);
        return parts.length != PARTS || parts[0].equals("*") ? "" : parts[0];
    }

    private static boolean matches(String pattern, String name) {
        if (pattern.isEmpty()) {
            return false;
        }
        if (pattern.startsWith("*")) {
            return name.endsWith(pattern.substring(1));
        }
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    /// Trust domains together with their aliases.
    public Values domains(Values values) {
        return new Values(domains(values.in()), domains(values.notIn()));
    }

    private List<String> domains(List<String> domains) {
        Set<String> all = new LinkedHashSet<>();
        for (String domain : domains) {
            all.addAll(names.contains(domain) ? names : List.of(domain));
        }
        return List.copyOf(all);
    }
}
