package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A service that no platform registry knows. Source: Istio `ServiceEntry`.
public record ServiceEntry(
        Origin origin,
        Metadata metadata,
        List<String> hosts,
        List<String> addresses,
        List<Port> ports,
        boolean meshInternal,
        String resolution,
        List<WorkloadEntry> endpoints,
        Optional<Selector> workloadSelector,
        List<String> exportTo,
        List<String> subjectAltNames) {

    public static Bound<ServiceEntry> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new ServiceEntry(
                        in.origin(),
                        resource.metadata(),
                        in.texts("hosts"),
                        in.texts("addresses"),
                        in.objects("ports", Port::of),
                        in.text("location", "").equals("MESH_INTERNAL"),
                        in.text("resolution", "NONE"),
                        in.objects("endpoints", e -> WorkloadEntry.of(e, resource.metadata())),
                        in.object("workloadSelector", Selector::labels),
                        in.texts("exportTo"),
                        in.texts("subjectAltNames")));
    }

    public record Port(int number, String protocol, String name, OptionalInt targetPort) {
        static Port of(Reader in) {
            return new Port(
                    in.integer("number").orElse(0),
                    in.text("protocol", ""),
                    in.text("name", ""),
                    in.integer("targetPort"));
        }
    }

    /// A workload outside of any platform. Source: Istio `WorkloadEntry`.
    ///
    /// @param healthy unless its health is checked and has not been found good
    public record WorkloadEntry(
            Origin origin,
            Metadata metadata,
            String address,
            Map<String, Integer> ports,
            Map<String, String> labels,
            String network,
            String locality,
            OptionalInt weight,
            String serviceAccount,
            boolean healthy) {
        /// Says that its workload is asked how it is; without an answer it counts as not well.
        public static final String CHECKED = "proxy.istio.io/health-checks-enabled";
        /// The condition with the answer.
        public static final String HEALTHY = "Healthy";

        public static Bound<WorkloadEntry> bind(RawResource resource) {
            Metadata metadata = resource.metadata();
            boolean healthy = !metadata.annotations().getOrDefault(CHECKED, "").equals("true") || isWell(resource);
            return Reader.spec(resource, in -> of(in, metadata, healthy));
        }

        private static boolean isWell(RawResource resource) {
            return new Fields(resource.root())
                    .object("status", status -> status.objects("conditions", condition -> condition)).stream()
                            .flatMap(List::stream)
                            .anyMatch(condition -> condition.text("type", "").equals(HEALTHY)
                                    && condition.text("status", "").equals("True"));
        }

        static WorkloadEntry of(Reader in, Metadata metadata) {
            return of(in, metadata, true);
        }

        private static WorkloadEntry of(Reader in, Metadata metadata, boolean healthy) {
            Map<String, Integer> ports = new java.util.LinkedHashMap<>();
            in.textMap("ports").forEach((name, port) -> ports.put(name, Integer.parseInt(port)));
            return new WorkloadEntry(
                    in.origin(),
                    metadata,
                    in.text("address", ""),
                    ports,
                    in.textMap("labels"),
                    in.text("network", ""),
                    in.text("locality", ""),
                    in.integer("weight"),
                    in.text("serviceAccount", ""),
                    healthy);
        }
    }
}
