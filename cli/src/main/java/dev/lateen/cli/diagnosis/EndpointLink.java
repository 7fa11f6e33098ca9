package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The last link: Services that lead to the pod. Thread: any.
final class EndpointLink {
    private final ClusterPicture picture;
    private final PodFacts pod;

    EndpointLink(ClusterPicture picture) {
        this.picture = picture;
        this.pod = picture.pod();
    }

    Link of(List<JsonNode> services) {
        List<String> found = new ArrayList<>();
        List<String> doubts = new ArrayList<>();
        for (JsonNode service : services) {
            String name = Json.text(service, "metadata", "name");
            for (JsonNode port : Json.items(service, "spec", "ports")) {
                Optional<Integer> target = ServicePorts.target(port, pod);
                String shown = name + ":" + Json.text(port, "port");
                if (target.isEmpty()) {
                    return Link.broken(
                            "service",
                            shown + " leads to port '" + Json.text(port, "targetPort")
                                    + "', which no container has by name",
                            "a containerPort of that name, or a number",
                            "kubectl -n " + picture.namespace() + " edit service " + name);
                }
                if (!ServicePorts.isDeclared(pod, target.get())) {
                    doubts.add(shown + " leads to port " + target.get() + ", which no container declares");
                }
                String protocol = ServicePorts.protocol(port);
                if (protocol.isEmpty()) {
                    doubts.add(
                            shown + " says nothing of its protocol: name it http, grpc, tcp, … or set appProtocol, else"
                                    + " routes for HTTP may not apply");
                }
                found.add(shown + " to port " + target.get() + (protocol.isEmpty() ? "" : " (" + protocol + ")"));
            }
            if (!isEndpoint(name)) {
                return Link.broken(
                        "service",
                        "Service " + name + " selects the pod, and its EndpointSlices have no ready endpoint at "
                                + pod.address(),
                        "one for " + picture.shown(),
                        "kubectl -n " + picture.namespace() + " get endpointslices -l kubernetes.io/service-name="
                                + name);
            }
        }
        String text = String.join(", ", found);
        return doubts.isEmpty()
                ? Link.holds("service", text)
                : Link.doubtful("service", text, String.join("; ", doubts));
    }

    private boolean isEndpoint(String service) {
        return picture.slices().stream()
                .filter(one -> Json.text(one, "metadata", "labels", "kubernetes.io/service-name")
                        .equals(service))
                .flatMap(one -> Json.items(one, "endpoints").stream())
                .filter(one -> Json.at(one, "conditions", "ready").asBoolean(true))
                .flatMap(one -> Json.items(one, "addresses").stream())
                .anyMatch(address -> address.asString("").equals(pod.address()));
    }
}
