package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What applies to traffic for a service after routing. Source: Istio `DestinationRule`.
public record DestinationRule(
        Origin origin,
        Metadata metadata,
        String host,
        Optional<TrafficPolicy> trafficPolicy,
        List<Subset> subsets,
        List<String> exportTo,
        Optional<Selector> workloadSelector) {

    public static Bound<DestinationRule> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new DestinationRule(
                        in.origin(),
                        resource.metadata(),
                        in.text("host", ""),
                        in.object("trafficPolicy", TrafficPolicy::of),
                        in.objects("subsets", Subset::of),
                        in.texts("exportTo"),
                        in.object("workloadSelector", Selector::matchLabels)));
    }

    /// The subset of that name, if there is one.
    public Optional<Subset> subset(String name) {
        return subsets.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /// What it demands of TLS in any of its policies.
    public Stream<TrafficPolicy.ClientTls> clientTls() {
        return Stream.concat(
                        trafficPolicy.stream(), subsets.stream().flatMap(subset -> subset.trafficPolicy().stream()))
                .flatMap(policy -> Stream.concat(
                        policy.tls().stream(), policy.ports().stream().flatMap(port -> port.tls().stream())));
    }

    /// Whether it is for certain workloads alone.
    public boolean selects() {
        return workloadSelector.filter(selector -> !selector.isEmpty()).isPresent();
    }

    /// Takes over the subsets that this rule does not have, and the top-level policy where this rule has none.
    public DestinationRule mergedWith(DestinationRule younger) {
        List<Subset> all = new ArrayList<>(subsets);
        for (Subset subset : younger.subsets) {
            if (subset(subset.name()).isEmpty()) {
                all.add(subset);
            }
        }
        return new DestinationRule(
                origin, metadata, host, trafficPolicy.or(younger::trafficPolicy), all, exportTo, workloadSelector);
    }

    public record Subset(
            Origin origin, String name, Map<String, String> labels, Optional<TrafficPolicy> trafficPolicy) {
        static Subset of(Reader in) {
            return new Subset(
                    in.origin(),
                    in.text("name", ""),
                    in.textMap("labels"),
                    in.object("trafficPolicy", TrafficPolicy::of));
        }
    }
}
