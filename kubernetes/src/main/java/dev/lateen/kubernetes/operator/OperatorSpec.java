package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.operator.Component.Kind;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is to be installed, whole: the profile with everything that was laid over it.
///
/// Thread: any; nobody may change the trees. Differs: a gateway without `label` has its own name as label `app`;
/// parts that are not built are refused by name.
///
/// @param name of the IstioOperator; empty for none
/// @param tree its `spec`
/// @param user what of it the user said
public record OperatorSpec(String name, ObjectNode tree, ObjectNode user) {
    private static final String NAMESPACE = "istio-system";
    private static final String GATEWAYS = "gateways";
    /// The revision without a name.
    static final String DEFAULT_REVISION = "default";

    /// Of the control plane.
    public String namespace() {
        String own = Trees.text(tree, "components", "pilot", "namespace");
        return own.isEmpty() ? meshNamespace() : own;
    }

    /// What the user said, and the images that were taken: enough to ask for the same again.
    public ObjectNode asked() {
        ObjectNode asked = user.deepCopy();
        for (String field : List.of("profile", "hub", "tag")) {
            copy(field, asked);
        }
        return asked;
    }

    private String meshNamespace() {
        return first(Trees.text(tree, "values", "global", "istioNamespace"), Trees.text(tree, "namespace"), NAMESPACE);
    }

    /// `default` for the one without a name.
    public String revision() {
        return first(Trees.text(tree, "revision"), Trees.text(tree, "values", "revision"), DEFAULT_REVISION);
    }

    /// What follows the names of this revision's objects.
    private String suffix() {
        return revision().equals(DEFAULT_REVISION) ? "" : "-" + revision();
    }

    /// What cannot be had here, by name.
    List<Diagnostic> unsupported() {
        List<Diagnostic> found = new ArrayList<>();
        found.addAll(MissingParts.problems(this));
        found.addAll(RevisionNames.problems(this));
        if (Trees.has(tree, "installPackagePath")) {
            found.add(refused("spec.installPackagePath", "charts from elsewhere cannot be used")
                    .withAdvice("leave it out; the objects may be changed by k8s.overlays"));
        }
        return found;
    }

    static Diagnostic refused(String path, String message) {
        return Diagnostic.error("unsupported", Position.UNKNOWN, path, message);
    }

    /// The parts that are to be there, in the order in which they are installed.
    List<Component> components() {
        List<Component> parts = new ArrayList<>();
        if (Trees.flag(tree, "components", "base", "enabled")) {
            parts.add(part(Kind.BASE, "base", "", "", meshNamespace()));
        }
        if (isCniEnabled()) {
            parts.add(part(Kind.CNI, "cni", "istio-cni-node", "install-cni", cniNamespace()));
        }
        if (isPilotEnabled()) {
            parts.add(part(Kind.PILOT, "pilot", "istiod" + suffix(), "discovery", namespace()));
        }
        addGateways(parts, "ingressGateways", Kind.INGRESS_GATEWAY, "istio-ingressgateway");
        addGateways(parts, "egressGateways", Kind.EGRESS_GATEWAY, "istio-egressgateway");
        return parts;
    }

    private boolean isPilotEnabled() {
        return Trees.flag(tree, "components", "pilot", "enabled");
    }

    /// By the component, or by the chart's own value.
    private boolean isCniEnabled() {
        return Trees.flag(tree, "components", "cni", "enabled") || Trees.flag(tree, "values", "cni", "enabled");
    }

    private String cniNamespace() {
        return first(
                Trees.text(tree, "components", "cni", "namespace"),
                Trees.text(tree, "values", "cni", "namespace"),
                meshNamespace());
    }

    private Component part(Kind kind, String field, String name, String container, String namespace) {
        ObjectNode settings = Trees.at(tree, "components", field) instanceof ObjectNode own ? own : Trees.object();
        return new Component(kind, name, namespace, container, settings);
    }

    /// A gateway of the usual name may be switched by `values.gateways` too, and need not be listed then.
    private void addGateways(List<Component> parts, String field, Kind kind, String usual) {
        List<ObjectNode> listed = new ArrayList<>(Trees.objects(tree, "components", field));
        JsonNode byValues = Trees.at(tree, "values", GATEWAYS, usual, "enabled");
        if (Trees.named(listed, usual).isEmpty() && byValues.isBoolean()) {
            listed.add(Trees.object("name", usual));
        }
        for (ObjectNode one : listed) {
            String name = first(Trees.text(one, "name"), usual);
            boolean switched = name.equals(usual) && byValues.isBoolean();
            boolean enabled = switched ? byValues.booleanValue() : Trees.flag(one, "enabled");
            if (enabled) {
                String namespace = first(Trees.text(one, "namespace"), meshNamespace());
                parts.add(new Component(kind, name, namespace, "istio-proxy", one));
            }
        }
    }

    /// The values with which the chart is rendered.
    public ObjectNode chartValues() {
        ObjectNode values = InstallResource.object("chart/values.yaml");
        ObjectNode global = Trees.into(values, "global");
        global.put("hub", Trees.text(tree, "hub")).put("tag", Trees.text(tree, "tag"));
        values.put("ownerName", name);
        copy("compatibilityVersion", values);
        values.set("meshConfig", meshConfig());
        ObjectNode own = Trees.at(tree, "values") instanceof ObjectNode given ? given.deepCopy() : Trees.object();
        own.remove("meshConfig");
        InjectionValues.overlay(values, own);
        if (Trees.at(tree, "unvalidatedValues") instanceof ObjectNode more) {
            InjectionValues.overlay(values, more);
        }
        values.put("revision", revision().equals(DEFAULT_REVISION) ? "" : revision());
        global.put(
                "istioNamespace",
                first(Trees.text(own, "global", "istioNamespace"), Trees.text(tree, "namespace"), namespace()));
        Trees.into(values, "base").put("enabled", Trees.flag(tree, "components", "base", "enabled"));
        ObjectNode pilot = Trees.into(values, "pilot");
        pilot.put("enabled", isPilotEnabled());
        ObjectNode cni = Trees.into(values, "cni");
        cni.put("enabled", isCniEnabled()).put("namespace", cniNamespace());
        if (isCniEnabled() && !Trees.has(own, "pilot", "cni", "enabled")) {
            Trees.into(pilot, "cni").put("enabled", true);
        }
        for (String field : List.of("hub", "tag")) {
            copyText("pilot", field, pilot);
            copyText("cni", field, cni);
        }
        gateways(values);
        return values;
    }

    private void copyText(String component, String field, ObjectNode values) {
        String text = Trees.text(tree, "components", component, field);
        if (!text.isEmpty()) {
            values.put(field, text);
        }
    }

    private ObjectNode meshConfig() {
        ObjectNode mesh = Trees.object();
        for (JsonNode one : List.of(Trees.at(tree, "meshConfig"), Trees.at(tree, "values", "meshConfig"))) {
            if (one instanceof ObjectNode own) {
                InjectionValues.overlay(mesh, own);
            }
        }
        return mesh;
    }

    private void copy(String field, ObjectNode values) {
        if (Trees.has(tree, field)) {
            values.set(field, tree.get(field).deepCopy());
        }
    }

    /// Each gateway takes what `values.gateways` says of the usual one of its kind.
    private void gateways(ObjectNode values) {
        ObjectNode gateways = Trees.into(values, GATEWAYS);
        ObjectNode usual = gateways.deepCopy();
        gateways.removeIf(one -> one.has("enabled"));
        for (Component part : components()) {
            if (!part.isGateway()) {
                continue;
            }
            ObjectNode gateway = usual.path("istio-" + part.chartKind()) instanceof ObjectNode like
                    ? like.deepCopy()
                    : Trees.object();
            gateway.put("enabled", true).put("kind", part.chartKind());
            gateway.put("name", part.name()).put("namespace", part.namespace());
            gateway.set("labels", labels(part, gateway));
            for (String field : List.of("hub", "tag")) {
                if (Trees.has(part.settings(), field)) {
                    gateway.put(field, Trees.text(part.settings(), field));
                }
            }
            JsonNode ports = Trees.at(part.kubernetes(), "service", "ports");
            if (ports.isArray()) {
                gateway.set("ports", ports.deepCopy());
            }
            gateways.set(part.name() + (gateways.has(part.name()) ? "." + part.namespace() : ""), gateway);
        }
    }

    /// Two gateways must not select each other's pods: the label `app` is the gateway's name where nobody says.
    private static ObjectNode labels(Component part, ObjectNode gateway) {
        if (part.settings().get("label") instanceof ObjectNode own && !own.isEmpty()) {
            return own.deepCopy();
        }
        if (gateway.get("labels") instanceof ObjectNode given && part.name().equals("istio-" + part.chartKind())) {
            return given.deepCopy();
        }
        return Trees.object("app", part.name(), "istio", part.chartKind());
    }

    private static String first(String... candidates) {
        return Stream.of(candidates).filter(text -> !text.isEmpty()).findFirst().orElse("");
    }
}
