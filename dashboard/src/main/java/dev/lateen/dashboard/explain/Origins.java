package dev.lateen.dashboard.explain;

import dev.lateen.dashboard.explain.Decision.Made;
import dev.lateen.dashboard.explain.Explanation.Place;
import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds the lines behind pieces of a proxy's configuration. Thread: any; blocks where `Places` does.
final class Origins {
    /// Envoy's flags.
    private static final Set<String> CLUSTERS_FAULT = Set.of("UF", "UC", "UO", "UH", "UT", "UR");

    private final Places places;

    Origins(Places places) {
        this.places = places;
    }

    Optional<Place> named(Named named) {
        return Optional.of(places.find(named.resource(), named.fields())
                .orElseGet(() ->
                        new Place(named.resource().toString(), named.fields().getFirst(), "")));
    }

    Optional<Place> ofIssuer(String issuer, Decision decision) {
        // A proxy is called POD.NAMESPACE.
        String proxy = decision.proxy();
        return places.ofIssuer(issuer, proxy.substring(proxy.lastIndexOf('.') + 1));
    }

    /// What has the hosts of the cluster take mutual TLS alone; empty where nothing does.
    Optional<Place> strict(Decision decision) {
        String host = ClusterName.parse(decision.config().cluster().name()).host();
        return host.isEmpty() ? Optional.empty() : places.ofStrict(host);
    }

    /// What the route was made from.
    ///
    /// @param below candidates below the route's own field, the best first
    List<Place> route(Decision decision, List<String> below) {
        return made(decision.config().route().from(), below).stream().toList();
    }

    Optional<Place> made(Made from, List<String> below) {
        List<String> fields = below.stream().map(field -> from.field() + field).toList();
        return Named.ofPath(from.resource(), fields)
                .flatMap(named -> written(named, from))
                .or(() -> from.file().isEmpty() ? Optional.empty() : Optional.of(place("the resource", from)));
    }

    /// A resource that was made from an Ingress is written there.
    private Optional<Place> written(Named named, Made from) {
        if (Ingresses.isMade(named.resource())) {
            Optional<Place> ingress = places.ofIngress(from.file(), from.line());
            return Optional.of(
                    place(ingress.map(Place::resource).orElse(named.resource().toString()), from));
        }
        return places.find(named.resource(), named.fields())
                .or(() -> Optional.of(place(named.resource().toString(), from)));
    }

    /// The patches of what refused it: of its cluster where there was trouble with that, else of listener and routes.
    /// An answer from upstream is nobody's.
    List<Place> patches(Decision decision) {
        if (decision.answer().details().equals("via_upstream")) {
            return List.of();
        }
        boolean cluster = CLUSTERS_FAULT.stream().anyMatch(decision::has);
        List<Made> patches = cluster
                ? decision.config().cluster().patches()
                : decision.config().patches();
        return patches.stream()
                .flatMap(patch -> made(patch, List.of(".applyTo", "")).stream())
                .distinct()
                .toList();
    }

    private static Place place(String resource, Made from) {
        return new Place(resource, from.field(), from.file().isEmpty() ? "" : from.file() + ":" + from.line());
    }

    /// The DestinationRule that shapes the cluster, at the setting where it is found; else what the cluster stands for.
    ///
    /// @param settings below `trafficPolicy`, such as `outlierDetection`
    List<Place> trafficPolicy(Decision decision, List<String> settings) {
        Made from = decision.config().cluster().from();
        List<String> fields = new ArrayList<>();
        ClusterName name = ClusterName.parse(decision.config().cluster().name());
        for (String setting : settings) {
            for (String policy : policies(name)) {
                fields.add(policy + "." + setting);
            }
        }
        fields.add("spec.trafficPolicy");
        fields.add("spec.host");
        return Named.ofPath(from.resource(), fields)
                .flatMap(named -> places.find(named.resource(), named.fields())
                        .or(() -> Optional.of(place(named.resource().toString(), from))))
                .map(List::of)
                .orElseGet(() -> service(decision));
    }

    /// What says how TLS is spoken with the cluster's hosts: a DestinationRule where it has a word on that, else the
    /// Service, for which mutual TLS comes by itself.
    List<Place> tls(Decision decision) {
        List<String> fields = new ArrayList<>();
        for (String policy :
                policies(ClusterName.parse(decision.config().cluster().name()))) {
            fields.add(policy + ".tls.mode");
            fields.add(policy + ".tls");
        }
        return Named.ofPath(decision.config().cluster().from().resource(), fields)
                .flatMap(named -> places.find(named.resource(), named.fields()))
                .filter(place -> !place.field().isEmpty())
                .map(List::of)
                .orElseGet(() -> service(decision));
    }

    private static List<String> policies(ClusterName name) {
        String port = ".portLevelSettings[port.number=" + name.port() + "]";
        List<String> policies = new ArrayList<>();
        if (!name.subset().isEmpty()) {
            String subset = "spec.subsets[name=" + name.subset() + "].trafficPolicy";
            policies.add(subset + port);
            policies.add(subset);
        }
        policies.add("spec.trafficPolicy" + port);
        policies.add("spec.trafficPolicy");
        return policies;
    }

    /// The subset that chose the cluster's hosts by labels.
    Optional<Place> subset(Decision decision) {
        ClusterName name = ClusterName.parse(decision.config().cluster().name());
        if (name.subset().isEmpty()) {
            return Optional.empty();
        }
        return Named.ofPath(
                        decision.config().cluster().from().resource(),
                        List.of("spec.subsets[name=" + name.subset() + "]"))
                .flatMap(this::named);
    }

    /// The Service that the cluster stands for, at the port.
    List<Place> service(Decision decision) {
        ClusterName name = ClusterName.parse(decision.config().cluster().name());
        Made from = decision.config().cluster().from();
        String host = name.host().isEmpty() ? from.service() : name.host();
        String[] labels = host.split("\\.", -1);
        if (labels.length > 2 && labels[2].equals("svc")) {
            ResourceKey key = new ResourceKey("", "Service", labels[1], labels[0]);
            String port = "spec.ports[port=" + name.port() + "]";
            String target = "spec.ports[targetPort=" + name.port() + "]";
            List<String> ports = decision.inbound() ? List.of(target, port) : List.of(port);
            Optional<Place> found = places.find(
                    key, Stream.concat(ports.stream(), Stream.of("spec.ports")).toList());
            if (found.isPresent()) {
                return List.of(found.get());
            }
        }
        return from.file().isEmpty()
                ? List.of()
                : List.of(place(host.isEmpty() ? "the cluster's resource" : host, from));
    }
}
