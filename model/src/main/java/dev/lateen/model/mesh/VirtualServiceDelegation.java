package dev.lateen.model.mesh;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.HeaderOperations;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.HttpRoute.Action.Delegate;
import dev.lateen.model.istio.HttpRoute.Match;
import dev.lateen.model.istio.VirtualService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts the routes of delegates in the place of the routes that delegate to them. Of a delegate's routes those fall
/// away
/// whose matches do not all lie within the root's.
///
/// Source: Istio, `VirtualService.http.delegate`. Thread: any.
public final class VirtualServiceDelegation {
    private VirtualServiceDelegation() {}

    /// @param exportTo who sees a delegate that does not say
    /// @return the virtual services that have hosts, with the routes of their delegates
    public static List<VirtualService> merge(List<VirtualService> all, List<String> exportTo) {
        Map<String, VirtualService> delegates = delegates(all);
        List<VirtualService> roots = new ArrayList<>();
        for (VirtualService service : all) {
            if (!service.hosts().isEmpty()) {
                boolean delegating = service.http().stream().anyMatch(r -> r.action() instanceof Delegate);
                roots.add(delegating ? completed(service, delegates, exportTo) : service);
            }
        }
        return List.copyOf(roots);
    }

    /// What of delegates, among virtual services that are all there, has no effect. Those that are missing are not its
    /// matter.
    ///
    /// @param exportTo who sees a delegate that does not say
    public static List<Diagnostic> findings(List<VirtualService> all, List<String> exportTo) {
        Map<String, VirtualService> delegates = delegates(all);
        List<Diagnostic> found = new ArrayList<>();
        for (VirtualService root : all) {
            for (HttpRoute route : root.hosts().isEmpty() ? List.<HttpRoute>of() : root.http()) {
                if (!(route.action() instanceof Delegate to)) {
                    continue;
                }
                VirtualService delegate = delegates.get(name(to, root));
                if (delegate != null && sees(root, delegate, exportTo)) {
                    delegate.http().forEach(inner -> outside(root, route, inner, found));
                } else if (delegate != null) {
                    found.add(Diagnostic.warning(
                                    "delegate-without-effect",
                                    route.origin().at(),
                                    route.origin().field() + ".delegate",
                                    name(to, root) + " is not exported to namespace '"
                                            + root.metadata().namespace() + "'; this rule has no effect")
                            .withAdvice("add the namespace to its exportTo"));
                }
            }
        }
        return found;
    }

    private static void outside(VirtualService root, HttpRoute route, HttpRoute inner, List<Diagnostic> found) {
        DelegatedMatches.outside(route.match(), inner.match())
                .ifPresent(match -> found.add(Diagnostic.warning(
                                "delegate-without-effect",
                                match.origin().at(),
                                match.origin().field(),
                                "no match of " + root.origin().resource() + ", which delegates here, holds this one ("
                                        + DelegatedMatches.conflict(
                                                route.match().getFirst(), match)
                                        + "); the whole rule has no effect there")
                        .withAdvice("narrow the match, or widen the one at "
                                + route.match().getFirst().origin().at())));
    }

    private static Map<String, VirtualService> delegates(List<VirtualService> all) {
        Map<String, VirtualService> delegates = new HashMap<>();
        for (VirtualService service : all) {
            if (service.hosts().isEmpty()) {
                delegates.put(
                        service.metadata().namespace() + "/"
                                + service.metadata().name(),
                        service);
            }
        }
        return delegates;
    }

    private static String name(Delegate to, VirtualService root) {
        String namespace = to.namespace().isEmpty() ? root.metadata().namespace() : to.namespace();
        return namespace + "/" + to.name();
    }

    private static boolean sees(VirtualService root, VirtualService delegate, List<String> exportTo) {
        return Visibility.visible(
                delegate.exportTo(),
                exportTo,
                delegate.metadata().namespace(),
                root.metadata().namespace());
    }

    private static VirtualService completed(
            VirtualService root, Map<String, VirtualService> delegates, List<String> exportTo) {
        List<HttpRoute> routes = new ArrayList<>();
        for (HttpRoute route : root.http()) {
            if (!(route.action() instanceof Delegate to)) {
                routes.add(route);
                continue;
            }
            VirtualService delegate = delegates.get(name(to, root));
            if (delegate != null && sees(root, delegate, exportTo)) {
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
            Optional<List<Match>> match = DelegatedMatches.joined(root.match(), route.match());
            match.ifPresent(m -> merged.add(merge(root, route, m)));
        }
        return merged;
    }

    private static HttpRoute merge(HttpRoute root, HttpRoute route, List<Match> match) {
        return new HttpRoute(
                route.origin(),
                DelegatedMatches.name(root.name(), route.name()),
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
}
