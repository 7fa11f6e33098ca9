package dev.lateen.model.ingress;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.ingress.Ingress.Backend;
import dev.lateen.model.ingress.Ingress.Path;
import dev.lateen.model.ingress.Ingresses.PortNames;
import dev.lateen.model.istio.Destination;
import dev.lateen.model.istio.HeaderOperations;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.HttpRoute.Action.Forward;
import dev.lateen.model.istio.HttpRoute.Match;
import dev.lateen.model.istio.HttpRoute.Source;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.StringMatch;
import dev.lateen.model.istio.VirtualService.WeightedDestination;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/// The routes of one host: the longest path first, of two that are equally long the exact one, then the elder; at last
/// what Ingresses have for everything else. Thread: any one.
final class IngressRoutes {
    private static final Comparator<Entry> LONGEST_FIRST = Comparator.comparingInt(Entry::length)
            .reversed()
            .thenComparing(entry -> !(entry.uri().orElse(null) instanceof StringMatch.Exact));

    private final String host;
    private final String clusterDomain;
    private final PortNames ports;
    private final List<Diagnostic> problems;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Entry> defaults = new ArrayList<>();
    private final Map<Optional<StringMatch>, Entry> taken = new HashMap<>();

    /// @param uri empty for any
    private record Entry(Origin origin, Optional<StringMatch> uri, Destination to) {
        int length() {
            return switch (uri.orElse(StringMatch.Present.INSTANCE)) {
                case StringMatch.Exact(String text) -> text.length();
                case StringMatch.Prefix(String text) -> text.length();
                case StringMatch.Regex _, StringMatch.Present _ -> 0;
            };
        }
    }

    /// @param problems where it says what has no effect
    IngressRoutes(String host, String clusterDomain, PortNames ports, List<Diagnostic> problems) {
        this.host = host.equals("*") ? "all hosts" : host;
        this.clusterDomain = clusterDomain;
        this.ports = ports;
        this.problems = problems;
    }

    void add(Ingress ingress, Path path) {
        Optional<StringMatch> uri = uri(path);
        if (uri.filter(IngressRoutes::neverMatches).isPresent()) {
            problems.add(Diagnostic.error(
                            "bad-path",
                            path.origin().at(),
                            path.origin().field() + ".path",
                            "no request has such a path")
                    .withValue(path.path())
                    .withExpected("a path that begins with / and holds neither ? nor #"));
            return;
        }
        Optional<Destination> to = path.backend().flatMap(backend -> destination(ingress, backend));
        if (path.backend().isEmpty()) {
            problems.add(Diagnostic.error(
                    "missing-required", path.origin().at(), path.origin().field() + ".backend", "path has no backend"));
        }
        if (to.isEmpty()) {
            return;
        }
        Entry entry = new Entry(path.origin(), uri, to.get());
        Entry elder = taken.putIfAbsent(uri, entry);
        if (elder != null) {
            problems.add(shadowed(path.origin(), ".path", "the same path of " + host + " is served already", elder)
                    .withValue(path.path()));
        }
        entries.add(entry);
    }

    /// What takes the requests that no path is for; of several the first.
    ///
    /// @return whether this one does
    boolean addDefault(Ingress ingress, Backend backend) {
        if (!defaults.isEmpty()) {
            problems.add(shadowed(
                    backend.origin(), "", "another default backend of " + host + " is elder", defaults.getFirst()));
            return false;
        }
        destination(ingress, backend).ifPresent(to -> defaults.add(new Entry(backend.origin(), Optional.empty(), to)));
        return !defaults.isEmpty();
    }

    private static Diagnostic shadowed(Origin origin, String field, String message, Entry elder) {
        return Diagnostic.warning("shadowed-route", origin.at(), origin.field() + field, message)
                .withAdvice("the one at " + elder.origin().at() + " has the requests; remove one of them");
    }

    /// In the order in which requests meet them.
    List<HttpRoute> ordered(UnaryOperator<Origin> origins) {
        List<Entry> all = new ArrayList<>(entries);
        all.sort(LONGEST_FIRST);
        all.addAll(defaults);
        return all.stream().map(entry -> route(entry, origins)).toList();
    }

    private static HttpRoute route(Entry entry, UnaryOperator<Origin> origins) {
        Origin origin = origins.apply(entry.origin());
        List<Match> match = entry.uri().map(uri -> List.of(match(origin, uri))).orElse(List.of());
        return new HttpRoute(
                origin,
                "",
                match,
                new Forward(List.of(new WeightedDestination(entry.to(), 100, HeaderOperations.NONE))),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                HeaderOperations.NONE);
    }

    private static Match match(Origin origin, StringMatch uri) {
        return new Match(
                origin,
                "",
                Optional.of(uri),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                Map.of(),
                false,
                OptionalInt.empty(),
                new Source(Map.of(), List.of(), ""),
                "");
    }

    /// Empty for any path. What is not said is read from the path's ending, as Istio does.
    private static Optional<StringMatch> uri(Path from) {
        String path = from.path();
        return switch (from.type()) {
            case EXACT -> Optional.of(new StringMatch.Exact(path));
            case PREFIX -> Optional.of(new StringMatch.Prefix(path));
            case IMPLEMENTATION_SPECIFIC -> {
                if (path.isEmpty() || path.equals("*") || path.equals("/*") || path.equals(".*")) {
                    yield Optional.empty();
                }
                boolean open = path.endsWith(".*") || path.endsWith("/*");
                yield Optional.of(
                        open
                                ? new StringMatch.Prefix(path.substring(0, path.length() - 2))
                                : new StringMatch.Exact(path));
            }
        };
    }

    /// A prefix with a query is one that Envoy refuses, with everything beside it.
    private static boolean neverMatches(StringMatch uri) {
        return switch (uri) {
            case StringMatch.Exact(String text) -> isNoPath(text);
            case StringMatch.Prefix(String text) -> isNoPath(text);
            case StringMatch.Regex _, StringMatch.Present _ -> false;
        };
    }

    private static boolean isNoPath(String text) {
        return !text.startsWith("/") || text.indexOf('?') >= 0 || text.indexOf('#') >= 0;
    }

    private Optional<Destination> destination(Ingress ingress, Backend backend) {
        String namespace = ingress.metadata().namespace();
        if (backend.isResource()) {
            return Optional.empty(); // which is reported as what is not supported
        }
        if (backend.service().isEmpty()) {
            problems.add(Diagnostic.error(
                            "missing-required",
                            backend.origin().at(),
                            backend.origin().field() + ".service",
                            "backend names no service")
                    .withAdvice("requests can be sent to services alone"));
            return Optional.empty();
        }
        OptionalInt port = backend.port().isPresent()
                ? backend.port()
                : ports.number(backend.service(), namespace, backend.portName());
        if (port.isEmpty()) {
            return Optional.empty(); // which is reported with the other references
        }
        String host = backend.service() + "." + namespace + ".svc." + clusterDomain;
        return Optional.of(new Destination(host, "", port));
    }
}
