package dev.lateen.model.kubernetes;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The addresses behind a Service: an EndpointSlice, or a part of an Endpoints object.
public record EndpointSlice(Metadata metadata, String serviceName, List<Address> addresses, List<Port> ports) {

    /// @param podName empty when the address belongs to no pod
    public record Address(String address, boolean ready, String podName, String nodeName, String zone) {}

    public record Port(String name, int port, String appProtocol) {
        static Port of(Fields in) {
            return new Port(in.text("name", ""), in.integer("port").orElse(0), in.text("appProtocol", ""));
        }
    }

    /// Reads an object of kind `EndpointSlice`.
    public static EndpointSlice of(RawResource resource) {
        Fields root = new Fields(resource.root());
        List<Address> addresses = new ArrayList<>();
        for (Fields endpoint : root.objects("endpoints", e -> e)) {
            boolean ready = endpoint.object("conditions", c -> c.flagIfSet("ready"))
                    .flatMap(r -> r)
                    .orElse(true);
            for (String address : endpoint.texts("addresses")) {
                addresses.add(address(endpoint, address, ready));
            }
        }
        return new EndpointSlice(
                resource.metadata(),
                resource.metadata().labels().getOrDefault("kubernetes.io/service-name", ""),
                List.copyOf(addresses),
                root.objects("ports", Port::of));
    }

    /// Reads an object of kind `Endpoints`: one slice a subset.
    public static List<EndpointSlice> ofEndpoints(RawResource resource) {
        Fields root = new Fields(resource.root());
        return root.objects("subsets", subset -> {
            List<Address> addresses = new ArrayList<>();
            subset.objects("addresses", a -> addresses.add(address(a, a.text("ip", ""), true)));
            subset.objects("notReadyAddresses", a -> addresses.add(address(a, a.text("ip", ""), false)));
            return new EndpointSlice(
                    resource.metadata(),
                    resource.metadata().name(),
                    List.copyOf(addresses),
                    subset.objects("ports", Port::of));
        });
    }

    private static Address address(Fields in, String address, boolean ready) {
        Optional<String> pod = in.object("targetRef", t -> t.text("kind", "").equals("Pod") ? t.text("name", "") : "");
        return new Address(address, ready, pod.orElse(""), in.text("nodeName", ""), in.text("zone", ""));
    }
}
