package dev.lateen.proxy.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which of many routes are worth a try for a path, in their order: a request among a thousand routes looks at a few.
/// Routes are filed under the text that their paths begin with; the longest text that begins a path is found by a
/// binary search, the shorter ones are its parents.
///
/// Limits: none is made where texts begin one another more than `LONGEST_CHAIN` deep.
///
/// Thread: any (immutable).
final class RouteIndex {
    /// There is no such route.
    static final int NONE = Integer.MAX_VALUE;

    /// Fewer are tried one after the other in less time.
    private static final int WORTH_IT = 12;
    private static final int LONGEST_CHAIN = 16;

    /// In order.
    private final String[] texts;
    /// Of each text the longest other one that it begins with, or -1.
    private final int[] parents;
    /// Of each text the routes, in order.
    private final int[][] routes;
    /// Those that no text files, such as regular expressions; in order.
    private final int[] others;

    private RouteIndex(String[] texts, int[] parents, int[][] routes, int[] others) {
        this.texts = texts;
        this.parents = parents;
        this.routes = routes;
        this.others = others;
    }

    /// Null where it would not help.
    static @Nullable RouteIndex of(List<Route> all) {
        if (all.size() < WORTH_IT) {
            return null;
        }
        NavigableMap<String, List<Integer>> filed = new TreeMap<>();
        List<Integer> others = new ArrayList<>();
        for (int route = 0; route < all.size(); route++) {
            String text = text(all.get(route).match().path());
            if (text == null) {
                others.add(route);
            } else {
                filed.computeIfAbsent(text, _ -> new ArrayList<>()).add(route);
            }
        }
        String[] texts = filed.keySet().toArray(String[]::new);
        int[] parents = parents(texts);
        if (filed.size() < 2 || deepest(parents) > LONGEST_CHAIN) {
            return null;
        }
        return new RouteIndex(
                texts,
                parents,
                filed.values().stream().map(RouteIndex::numbers).toArray(int[][]::new),
                numbers(others));
    }

    /// What every path that matches begins with, or null where that is not known.
    private static @Nullable String text(PathMatcher path) {
        return switch (path) {
            case PathMatcher.Prefix(String prefix, boolean ignoreCase) -> ignoreCase ? null : prefix;
            case PathMatcher.Exact(String exact, boolean ignoreCase) -> ignoreCase ? null : exact;
            case PathMatcher.SeparatedPrefix(String prefix, boolean ignoreCase) -> ignoreCase ? null : prefix;
            case PathMatcher.Regex _, PathMatcher.Connect _ -> null;
        };
    }

    /// Between a text and those that it begins, in order, there are only such.
    private static int[] parents(String[] texts) {
        int[] parents = new int[texts.length];
        for (int index = 0; index < texts.length; index++) {
            int parent = index - 1;
            while (parent >= 0 && !texts[index].startsWith(texts[parent])) {
                parent = parents[parent];
            }
            parents[index] = parent;
        }
        return parents;
    }

    private static int deepest(int[] parents) {
        int[] depths = new int[parents.length];
        for (int index = 0; index < parents.length; index++) {
            depths[index] = parents[index] < 0 ? 1 : depths[parents[index]] + 1;
        }
        return Arrays.stream(depths).max().orElse(0);
    }

    private static int[] numbers(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Where the path stands, for `next`.
    int place(String path) {
        int found = Arrays.binarySearch(texts, path);
        int place = found >= 0 ? found : -found - 2;
        while (place >= 0 && !path.startsWith(texts[place])) {
            place = parents[place];
        }
        return place;
    }

    /// The first route from `from` on that may match, or `NONE`.
    int next(int place, int from) {
        int best = firstFrom(others, from);
        for (int each = place; each >= 0; each = parents[each]) {
            best = Math.min(best, firstFrom(routes[each], from));
        }
        return best;
    }

    private static int firstFrom(int[] sorted, int from) {
        if (sorted.length == 0 || sorted[sorted.length - 1] < from) {
            return NONE;
        }
        if (sorted[0] >= from) {
            return sorted[0];
        }
        int found = Arrays.binarySearch(sorted, from);
        return sorted[found >= 0 ? found : -found - 1];
    }
}
