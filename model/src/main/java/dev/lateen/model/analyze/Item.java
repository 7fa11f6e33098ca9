package dev.lateen.model.analyze;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A resource under analysis. Immutable. Thread: any.
///
/// @param spec the resource's `spec`, or all of it for kinds that have none
record Item(RawResource resource, View root, View spec) {
    static Item of(RawResource resource) {
        View root = View.of(resource);
        return new Item(resource, root, root.object("spec").orElse(root));
    }

    String namespace() {
        return resource.key().namespace();
    }

    String shortName() {
        return resource.key().name();
    }

    /// `namespace/name`, or the name alone outside of namespaces.
    String name() {
        return fullName(namespace(), shortName());
    }

    static String fullName(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    Map<String, String> labels() {
        return resource.metadata().labels();
    }

    Map<String, String> annotations() {
        return resource.metadata().annotations();
    }

    /// Where its name stands.
    Spot nameSpot() {
        return root.object("metadata").map(metadata -> metadata.spot("name")).orElse(root.spot());
    }

    /// What the pods of it look like: the template of a Deployment, a pod itself.
    View podSpec() {
        return spec.object("template")
                .flatMap(template -> template.object("spec"))
                .orElse(spec);
    }

    List<View> containers() {
        return podSpec().objects("containers");
    }

    /// The sidecar among its containers, or among its init containers where it is a native one.
    List<View> proxies() {
        return Stream.concat(podSpec().objects("containers").stream(), podSpec().objects("initContainers").stream())
                .filter(container -> container.text("name").equals("istio-proxy"))
                .toList();
    }
}
