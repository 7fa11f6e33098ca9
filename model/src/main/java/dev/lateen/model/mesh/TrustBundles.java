package dev.lateen.model.mesh;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whose certificates are believed for names of which trust domain. Empty where the mesh trusts its own authority
/// alone, which every workload knows from whoever signed its certificate.
///
/// Source: SPIFFE Trust Domain and Bundle §4. Thread: any.
///
/// @param byDomain certificates of authorities in PEM; a domain whose bundle has not come yet is missing
public record TrustBundles(SortedMap<String, String> byDomain) {
    public static final TrustBundles NONE = new TrustBundles(new TreeMap<>());

    /// @param ownRoots of the mesh's own authority, in PEM
    /// @param fetched bundles in PEM by the address where they stand
    static TrustBundles of(MeshConfig mesh, String ownRoots, Map<String, String> fetched) {
        MeshConfig.Identity identity = mesh.identity();
        if (identity.anchors().isEmpty()) {
            return NONE;
        }
        SortedMap<String, Set<String>> texts = new TreeMap<>();
        List<String> own = TrustDomains.of(mesh).names();
        add(texts, own, ownRoots);
        for (TrustAnchor anchor : identity.anchors()) {
            String pem =
                    anchor.bundleUrl().map(url -> fetched.getOrDefault(url, "")).orElse(anchor.pem());
            add(texts, anchor.trustDomains().isEmpty() ? own : anchor.trustDomains(), pem);
        }
        SortedMap<String, String> joined = new TreeMap<>();
        texts.forEach((domain, pems) -> joined.put(domain, String.join("\n", pems)));
        return new TrustBundles(joined);
    }

    private static void add(Map<String, Set<String>> texts, List<String> domains, String pem) {
        if (!pem.isBlank()) {
            domains.forEach(domain ->
                    texts.computeIfAbsent(domain, _ -> new LinkedHashSet<>()).add(pem.strip()));
        }
    }
}
