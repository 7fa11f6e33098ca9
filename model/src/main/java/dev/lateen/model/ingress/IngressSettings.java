package dev.lateen.model.ingress;

import dev.lateen.model.istio.Reader;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.util.Map;
import java.util.Optional;

/// Which Ingresses the mesh serves, and on which proxies. Source: Istio, `MeshConfig.ingressClass`,
/// `ingressControllerMode`, `ingressSelector`, `ingressService`.
///
/// @param className what the annotation `kubernetes.io/ingress.class` says on those that are the mesh's
/// @param service before the proxies, in the root namespace; empty for none
/// @param selector value of the label `istio` of the proxies; empty where `service` decides
public record IngressSettings(Mode mode, String className, String service, String selector) {
    /// On an IngressClass: its Ingresses are the mesh's.
    public static final String CONTROLLER = "istio.io/ingress-controller";

    static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
    private static final String DEFAULT_PROXIES = "ingressgateway";
    private static final String DEFAULT_SERVICE = "istio-ingressgateway";

    public enum Mode {
        /// None.
        OFF,
        /// Those of the mesh's class, and those that name no class.
        DEFAULT,
        /// Those of the mesh's class alone.
        STRICT;

        private static Mode of(String text) {
            return switch (text) {
                case "OFF" -> OFF;
                case "DEFAULT" -> DEFAULT;
                default -> STRICT;
            };
        }
    }

    public static IngressSettings of(Reader mesh) {
        return new IngressSettings(
                Mode.of(mesh.text("ingressControllerMode", "")),
                mesh.text("ingressClass", "istio"),
                mesh.text("ingressService", DEFAULT_SERVICE),
                mesh.text("ingressSelector", DEFAULT_PROXIES));
    }

    /// From the settings of a mesh as they were written.
    public static IngressSettings of(Mapping mesh) {
        return Reader.document(mesh, "MeshConfig", in -> {
                    in.noEffectNeeded(in.names().toArray(new String[0]));
                    return of(in);
                })
                .value();
    }

    /// The labels of the proxies that serve Ingresses.
    public Map<String, String> proxies() {
        if (!selector.isEmpty()) {
            return Map.of("istio", selector);
        }
        // The service of the default installation is not called as its proxies are.
        boolean named = !service.isEmpty() && !service.equals(DEFAULT_SERVICE);
        return Map.of("istio", named ? service : DEFAULT_PROXIES);
    }

    /// Whether the mesh serves an Ingress. The annotation counts before the field, as in Istio.
    ///
    /// @param controllers of the IngressClasses, by their names
    public boolean serves(Ingress ingress, Map<String, String> controllers) {
        if (mode == Mode.OFF) {
            return false;
        }
        String annotated = ingress.metadata().annotations().get(CLASS_ANNOTATION);
        if (annotated != null) {
            return annotated.equals(className);
        }
        Optional<String> named = ingress.className();
        return named.isPresent() ? CONTROLLER.equals(controllers.get(named.get())) : mode == Mode.DEFAULT;
    }

    /// Which program serves the Ingresses of an IngressClass.
    public static String controller(RawResource ingressClass) {
        return new Fields(ingressClass.root())
                .object("spec", spec -> spec.text("controller", ""))
                .orElse("");
    }
}
