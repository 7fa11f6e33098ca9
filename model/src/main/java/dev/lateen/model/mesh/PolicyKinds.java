package dev.lateen.model.mesh;

import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.mesh.MeshSnapshot.Policies;
import dev.lateen.model.policy.AccessList;
import dev.lateen.model.policy.AccessList.ListAddress;
import dev.lateen.model.policy.AccessList.Source;
import dev.lateen.model.policy.Quota;
import dev.lateen.model.policy.RateLimit;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The resources of our own group, and what was read for access lists. `current` is the same instance until something
/// changes.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class PolicyKinds {
    static final String GROUP = "policy.lateen.dev";

    private final KindTable<RateLimit> rateLimits = new KindTable<>(RateLimit::metadata);
    private final KindTable<Quota> quotas = new KindTable<>(Quota::metadata);
    private final KindTable<AccessList> accessLists = new KindTable<>(AccessList::metadata);
    private Policies current = Policies.NONE;
    private List<AccessList> withoutLists = List.of();
    private Map<ListAddress, List<String>> lists = Map.of();
    private boolean listsChanged;

    void put(ResourceKey key, RawResource resource) {
        switch (key.kind()) {
            case "RateLimit" -> rateLimits.put(key, RateLimit.bind(resource));
            case "Quota" -> quotas.put(key, Quota.bind(resource));
            case "AccessList" -> accessLists.put(key, AccessList.bind(resource));
            default -> {}
        }
    }

    void remove(ResourceKey key) {
        rateLimits.remove(key);
        quotas.remove(key);
        accessLists.remove(key);
    }

    /// False where these are the lists that are known already.
    boolean lists(Map<ListAddress, List<String>> read) {
        if (read.equals(lists)) {
            return false;
        }
        lists = Map.copyOf(read);
        listsChanged = true;
        return true;
    }

    Map<ListAddress, List<Origin>> listAddresses() {
        Map<ListAddress, List<Origin>> addresses = new LinkedHashMap<>();
        for (AccessList list : accessLists.sorted()) {
            for (Source source : list.sources()) {
                addresses
                        .computeIfAbsent(source.address(), _ -> new ArrayList<>(1))
                        .add(source.origin());
            }
        }
        return addresses;
    }

    Policies current() {
        boolean same = current.rateLimits() == rateLimits.sorted()
                && current.quotas() == quotas.sorted()
                && withoutLists == accessLists.sorted()
                && !listsChanged;
        if (!same) {
            withoutLists = accessLists.sorted();
            listsChanged = false;
            current = new Policies(
                    rateLimits.sorted(),
                    quotas.sorted(),
                    withoutLists.stream().map(list -> list.withLists(lists)).toList());
        }
        return current;
    }

    void collectUnsupported(List<UnsupportedFeature> into) {
        rateLimits.collectUnsupported(into);
        quotas.collectUnsupported(into);
        accessLists.collectUnsupported(into);
    }
}
