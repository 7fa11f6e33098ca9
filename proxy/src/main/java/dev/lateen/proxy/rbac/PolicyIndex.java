package dev.lateen.proxy.rbac;

import dev.lateen.proxy.stream.StreamInfo;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Tells which of many policies a request can match at all, by its path and by the names of its caller, so that only
/// those are looked at. Policies are bits of a mask; a policy that says nothing of paths is in the mask of every path.
///
/// Paths: each policy with literal beginnings of paths (whole paths are beginnings too) is kept under each of them. The
/// beginnings are sorted; each knows the longest other one that it begins with, and its mask holds the policies of that
/// one as well. So the longest beginning of a path is found by one binary search and a few steps up.
///
/// Limits: `MAX_WORDS` in all; larger sets of policies are looked at one after the other. Thread: any (immutable).
final class PolicyIndex {
    /// Fewer policies are as fast one after the other.
    private static final int MANY = 8;
    /// Of masks, 8 bytes each.
    private static final int MAX_WORDS = 32_768;

    private final List<RbacRules.Policy> policies;
    private final String[] beginnings;
    /// Of each beginning; -1 for none.
    private final int[] parents;
    private final long[][] pathMasks;
    private final long[] anyPath;
    private final Map<String, long[]> nameMasks;
    private final long[] anyName;

    /// @param paths masks by beginnings, sorted
    private PolicyIndex(
            List<RbacRules.Policy> policies,
            SortedMap<String, long[]> paths,
            long[] anyPath,
            Map<String, long[]> names,
            long[] anyName) {
        this.policies = policies;
        this.beginnings = paths.keySet().toArray(String[]::new);
        this.pathMasks = paths.values().toArray(long[][]::new);
        this.parents = new int[beginnings.length];
        this.anyPath = anyPath;
        this.nameMasks = Map.copyOf(names);
        this.anyName = anyName;
        for (int index = 0; index < beginnings.length; index++) {
            int parent = index - 1;
            while (parent >= 0 && !beginnings[index].startsWith(beginnings[parent])) {
                parent = parents[parent];
            }
            parents[index] = parent;
            merge(pathMasks[index], parent < 0 ? anyPath : pathMasks[parent]);
        }
    }

    /// Null where looking at each policy is as good.
    static @Nullable PolicyIndex of(List<RbacRules.Policy> policies) {
        if (policies.size() < MANY) {
            return null;
        }
        int words = (policies.size() + Long.SIZE - 1) / Long.SIZE;
        SortedMap<String, long[]> paths = new TreeMap<>();
        Map<String, long[]> names = new HashMap<>();
        long[] anyPath = new long[words];
        long[] anyName = new long[words];
        for (int index = 0; index < policies.size(); index++) {
            RbacRules.Policy policy = policies.get(index);
            put(Needs.paths(policy), paths, anyPath, index);
            put(Needs.names(policy), names, anyName, index);
            if ((long) (paths.size() + names.size()) * words > MAX_WORDS) {
                return null;
            }
        }
        if (paths.isEmpty() && names.isEmpty()) {
            return null;
        }
        names.values().forEach(mask -> merge(mask, anyName));
        return new PolicyIndex(policies, paths, anyPath, names, anyName);
    }

    private static void put(@Nullable Set<String> needs, Map<String, long[]> masks, long[] any, int policy) {
        long bit = 1L << (policy % Long.SIZE);
        if (needs == null) {
            any[policy / Long.SIZE] |= bit;
        } else {
            for (String need : new TreeSet<>(needs)) {
                masks.computeIfAbsent(need, _ -> new long[any.length])[policy / Long.SIZE] |= bit;
            }
        }
    }

    private static void merge(long[] into, long[] other) {
        for (int word = 0; word < into.length; word++) {
            into[word] |= other[word];
        }
    }

    /// The first policy that matches, or null.
    RbacRules.@Nullable Policy matching(StreamInfo info) {
        long[] path = info.request == null ? anyPath : ofPath(info.request.pathOnly());
        for (int word = 0; word < path.length; word++) {
            long candidates = path[word];
            if (candidates != 0) {
                candidates &= ofNames(info, word);
            }
            while (candidates != 0) {
                RbacRules.Policy policy = policies.get(word * Long.SIZE + Long.numberOfTrailingZeros(candidates));
                if (policy.matches(info)) {
                    return policy;
                }
                candidates &= candidates - 1;
            }
        }
        return null;
    }

    private long[] ofPath(String path) {
        int at = Arrays.binarySearch(beginnings, path);
        if (at < 0) {
            at = -at - 2;
            while (at >= 0 && !path.startsWith(beginnings[at])) {
                at = parents[at];
            }
        }
        return at < 0 ? anyPath : pathMasks[at];
    }

    private long ofNames(StreamInfo info, int word) {
        long mask = anyName[word];
        if (nameMasks.isEmpty()) {
            return mask;
        }
        List<String> names = info.downstreamPeerNames;
        for (int index = 0; index < names.size(); index++) {
            mask |= ofName(names.get(index), word);
        }
        String uri = info.downstreamPeerUri;
        return uri == null ? mask : mask | ofName(uri, word) | ofName(RbacTest.PeerPrincipal.withoutScheme(uri), word);
    }

    private long ofName(String name, int word) {
        long[] mask = nameMasks.get(name);
        return mask == null ? 0 : mask[word];
    }
}
