package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.template.GoTemplate;
import dev.lateen.kubernetes.template.TemplateException;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The objects of an operator: the chart's, rendered as Helm renders them, then changed as its components say.
/// Thread: one.
public final class Rendering {
    private static final List<String> TEMPLATES =
            List.of("base", "cni", "access", "reader", "configuration", "istiod", "webhooks", "tags", "gateways");

    private final OperatorSpec spec;
    private final List<Diagnostic> found = new ArrayList<>();

    private Rendering(OperatorSpec spec) {
        this.spec = spec;
    }

    /// @param objects in the order in which they are made; none where a finding is an error
    public record Result(List<ObjectNode> objects, List<Diagnostic> findings) {
        public Result {
            objects = List.copyOf(objects);
            findings = List.copyOf(findings);
        }
    }

    public static Result of(OperatorSpec spec) {
        Rendering rendering = new Rendering(spec);
        List<ObjectNode> objects = rendering.objects();
        return new Result(Diagnostic.anyError(rendering.found) ? List.of() : objects, rendering.found);
    }

    /// What makes `tag` another name of a control plane.
    ///
    /// @param revision `default` for the one without a name
    /// @param namespace of the control plane
    /// @param everywhere whether pods that ask for nothing get a sidecar too, where the tag is `default`
    public static List<ObjectNode> tag(String tag, String revision, String namespace, boolean everywhere) {
        ObjectNode values = InstallResource.object("chart/values.yaml");
        values.put("revision", revision.equals(OperatorSpec.DEFAULT_REVISION) ? "" : revision);
        values.set("revisionTags", Trees.array(tag));
        values.put("defaultRevision", tag.equals(OperatorSpec.DEFAULT_REVISION) ? revision : "");
        Trees.into(values, "global").put("istioNamespace", namespace);
        Trees.into(values, "sidecarInjectorWebhook").put("enableNamespacesByDefault", everywhere);
        try {
            return render("tags", data(values, namespace));
        } catch (TemplateException e) {
            throw new IllegalStateException(e); // the chart is ours, and so are the values
        }
    }

    /// The files of the chart by name, in their order, but for definitions.
    public static List<String> files() {
        List<String> files = new ArrayList<>(List.of("Chart.yaml", "values.yaml", "templates/_names.tpl"));
        TEMPLATES.forEach(name -> files.add(file(name)));
        return files;
    }

    private List<ObjectNode> objects() {
        List<ObjectNode> all = chart();
        for (Component component : spec.components()) {
            Set<ObjectNode> own = new LinkedHashSet<>();
            for (ObjectNode object : all) {
                if (belongs(object, component)) {
                    own.add(object);
                }
            }
            ObjectChanges changes = new ObjectChanges(component);
            List<ObjectNode> changed = changes.apply(List.copyOf(own));
            found.addAll(changes.findings());
            int place = all.size();
            for (int i = all.size() - 1; i >= 0; i--) {
                if (belongs(all.get(i), component)) {
                    all.remove(i);
                    place = i;
                }
            }
            all.addAll(place, changed);
        }
        return all;
    }

    private static boolean belongs(ObjectNode object, Component component) {
        String label = Trees.text(object, "metadata", "labels", "operator.istio.io/component");
        String wanted = switch (component.kind()) {
            case BASE -> "Base";
            case CNI -> "Cni";
            case PILOT -> "Pilot";
            case INGRESS_GATEWAY -> "IngressGateways";
            case EGRESS_GATEWAY -> "EgressGateways";
        };
        if (!label.equals(wanted)) {
            return false;
        }
        return switch (component.kind()) {
            case BASE, CNI, PILOT -> true;
            case INGRESS_GATEWAY, EGRESS_GATEWAY ->
                Trees.text(object, "metadata", "namespace").equals(component.namespace())
                        && List.of(component.name(), component.name() + "-sds", component.name() + "-service-account")
                                .contains(Trees.text(object, "metadata", "name"));
        };
    }

    private List<ObjectNode> chart() {
        ObjectNode data = data(spec.chartValues(), spec.namespace());
        List<ObjectNode> objects = new ArrayList<>();
        for (String name : TEMPLATES) {
            try {
                objects.addAll(render(name, data));
            } catch (TemplateException | IllegalStateException e) {
                found.add(Diagnostic.error(
                                "bad-values",
                                new Position(file(name), 1, 1),
                                "spec.values",
                                "do not make objects: " + e.getMessage())
                        .withAdvice("look at the values that were set last"));
            }
        }
        return objects;
    }

    private static ObjectNode data(ObjectNode values, String namespace) {
        return Trees.object(
                "Values",
                values,
                "Release",
                Trees.object("Name", "istio", "Namespace", namespace, "Service", "lateen"));
    }

    private static List<ObjectNode> render(String name, ObjectNode data) throws TemplateException {
        String text = GoTemplate.parse(InstallResource.text("chart/templates/_names.tpl")
                        + InstallResource.text("chart/" + file(name)))
                .render(data);
        return InstallResource.objects(text, file(name));
    }

    private static String file(String name) {
        return "templates/" + name + ".yaml";
    }
}
