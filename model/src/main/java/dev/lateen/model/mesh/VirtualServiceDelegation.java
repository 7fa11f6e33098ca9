package dev.lateen.model.mesh;

import dev.lateen.model.istio.HeaderOperations;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.HttpRoute.Action.Delegate;
import dev.lateen.model.istio.HttpRoute.Match;
import dev.lateen.model.istio.HttpRoute.Source;
import dev.lateen.model.istio.StringMatch;
import dev.lateen.model.istio.VirtualService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Puts the routes of delegates in the place of the routes that delegate to them. A pair of matches that contradict
/// each other matches nothing and falls away.
///
/// Source: Istio, `VirtualService.http.delegate`. Thread: any.
public final class VirtualServiceDelegation {
    private VirtualServiceDelegation() {}

    /// @param exportTo who sees a delegate that does not say
    /// @return the virtual services that have hosts, with the routes of their delegates
    public static List<VirtualService> merge(List<VirtualService> all, List<String> exportTo) {
        Map<String, VirtualService> delegates = new HashMap<>();
        for (VirtualService service : all) {
            if (service.hosts().isEmpty()) {
                delegates.put(
                        service.metadata().namespace() + "/"
                                + service.metadata().name(),
                        service);
            }
        }
        List<VirtualService> roots = new ArrayList<>();
        for (VirtualService service : all) {
            if (!service.hosts().isEmpty()) {
                boolean delegating = service.http().stream().anyMatch(r -> r.action() instanceof Delegate);
                roots.add(delegating ? completed(service, delegates, exportTo) : service);
            }
        }
        return List.copyOf(roots);
    }

    private static VirtualService completed(
            VirtualService root, Map<String, VirtualService> delegates, List<String> exportTo) {
        String namespace = root.metadata().namespace();
        List<HttpRoute> routes = new ArrayList<>();
        for (HttpRoute route : root.http()) {
            if (!(route.action() instanceof Delegate(String name, String from))) {
                routes.add(route);
                continue;
            }
            VirtualService delegate = delegates.get((from.isEmpty() ? namespace : from) + "/" + name);
            boolean seen = delegate != null
                    && Visibility.visible(
                            delegate.exportTo(), exportTo, delegate.metadata().namespace(), namespace);
            if (delegate != null && seen) {
                routes.addAll(mergeRoutes(route, delegate.http()));
            }
        }
        return root.withHttp(List.copyOf(routes));
    }

    /// The routes of `delegate` as they hold under `root`.
    public static List<HttpRoute> mergeRoutes(HttpRoute root, List<HttpRoute> delegate) {
        List<HttpRoute> merged = new ArrayList<>();
        for (HttpRoute route : delegate) {
            // A delegate may not delegate further.
            if (route.action() instanceof Delegate) {
                continue;
            }
            Optional<List<Match>> match = matches(root.match(), route.match());
            match.ifPresent(m -> merged.add(merge(root, route, m)));
        }
        return merged;
    }

    private static HttpRoute merge(HttpRoute root, HttpRoute route, List<Match> match) {
        return new HttpRoute(
                route.origin(),
                joined(root.name(), route.name()),
                match,
                route.action(),
                route.rewrite().or(root::rewrite),
                route.timeout().or(root::timeout),
                route.retries().or(root::retries),
                route.fault().or(root::fault),
                route.mirrors().isEmpty() ? root.mirrors() : route.mirrors(),
                route.cors().or(root::cors),
                route.headers().equals(HeaderOperations.NONE) ? root.headers() : route.headers());
    }

    private static String joined(String root, String delegate) {
        if (root.isEmpty() || delegate.isEmpty()) {
            return root + delegate;
        }
        return root + "-" + delegate;
    }

    /// Empty where every pair contradicts itself.
    private static Optional<List<Match>> matches(List<Match> root, List<Match> delegate) {
        if (root.isEmpty()) {
            return Optional.of(delegate);
        }
        if (delegate.isEmpty()) {
            return Optional.of(root);
        }
        List<Match> merged = new ArrayList<>();
        for (Match outer : root) {
            for (Match inner : delegate) {
                both(outer, inner).ifPresent(merged::add);
            }
        }
        return merged.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(merged));
    }

    private static Optional<Match> both(Match outer, Match inner) {
        boolean fits = compatible(outer.uri(), inner.uri())
                && compatible(outer.scheme(), inner.scheme())
                && compatible(outer.method(), inner.method())
                && compatible(outer.authority(), inner.authority())
                && compatible(outer.headers(), inner.headers())
                && compatible(outer.withoutHeaders(), inner.withoutHeaders())
                && compatible(outer.queryParams(), inner.queryParams())
                && compatible(outer.port(), inner.port());
        if (!fits) {
            return Optional.empty();
        }
        return Optional.of(new Match(
                inner.origin(),
                joined(outer.name(), inner.name()),
                inner.uri().or(outer::uri),
                inner.scheme().or(outer::scheme),
                inner.method().or(outer::method),
                inner.authority().or(outer::authority),
                union(outer.headers(), inner.headers()),
                union(outer.withoutHeaders(), inner.withoutHeaders()),
                union(outer.queryParams(), inner.queryParams()),
                inner.ignoreUriCase() || outer.ignoreUriCase(),
                inner.port().isPresent() ? inner.port() : outer.port(),
                new Source(
                        union(outer.source().labels(), inner.source().labels()),
                        outer.source().gateways().isEmpty()
                                ? inner.source().gateways()
                                : outer.source().gateways(),
                        inner.source().namespace().isEmpty()
                                ? outer.source().namespace()
                                : inner.source().namespace()),
                inner.statPrefix().isEmpty() ? outer.statPrefix() : inner.statPrefix()));
    }

    /// Whether the inner condition lies within the outer one. Of regular expressions that cannot be told.
    private static boolean compatible(Optional<StringMatch> outer, Optional<StringMatch> inner) {
        if (outer.isEmpty() || inner.isEmpty() || outer.equals(inner)) {
            return true;
        }
        if (!(outer.get() instanceof StringMatch.Prefix(String prefix))) {
            return false;
        }
        return switch (inner.get()) {
            case StringMatch.Exact(String text) -> text.startsWith(prefix);
            case StringMatch.Prefix(String text) -> text.startsWith(prefix);
            case StringMatch.Regex _, StringMatch.Present _ -> false;
        };
    }

    private static boolean compatible(Map<String, StringMatch> outer, Map<String, StringMatch> inner) {
        for (Map.Entry<String, StringMatch> entry : outer.entrySet()) {
            Optional<StringMatch> other = Optional.ofNullable(inner.get(entry.getKey()));
            if (!compatible(Optional.of(entry.getValue()), other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean compatible(OptionalInt outer, OptionalInt inner) {
        return outer.isEmpty() || inner.isEmpty() || outer.equals(inner);
    }

    private static <T> Map<String, T> union(Map<String, T> outer, Map<String, T> inner) {
        Map<String, T> all = new LinkedHashMap<>(outer);
        all.putAll(inner);
        return all;
    }
}
