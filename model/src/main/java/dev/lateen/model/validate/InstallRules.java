package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.tree.Node.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Rules for what configures an installation: IstioOperator, and the ConfigMap that holds the mesh's settings.
/// Thread: any one.
final class InstallRules {
    private static final Set<String> PROFILES = Set.of(
            "default",
            "demo",
            "minimal",
            "empty",
            "preview",
            "stable",
            "remote",
            "external",
            "ambient",
            "openshift",
            "openshift-ambient");

    private final Report report;
    private final MeshConfigReader reader = new MeshConfigReader();

    InstallRules(Report report) {
        this.report = report;
    }

    void operator(View spec) {
        String profile = spec.text("profile");
        if (!profile.isEmpty() && !profile.contains("/") && !profile.endsWith(".yaml") && !PROFILES.contains(profile)) {
            Spot spot = spec.spot("profile");
            report.add(Diagnostic.error("bad-enum-value", spot.at(), spot.path(), "no such profile")
                    .withValue(spot.shownValue())
                    .withExpected("one of "
                            + String.join(", ", PROFILES.stream().sorted().toList()))
                    .withAdvice(Spelling.advice(profile, PROFILES)));
        }
        spec.object("meshConfig").ifPresent(own -> meshConfig(own.mapping(), own.path()));
        spec.object("components").ifPresent(components -> {
            for (String field : List.of("ingressGateways", "egressGateways")) {
                for (View gateway : components.objects(field)) {
                    if (!gateway.filled("name")) {
                        gateway.error("name", "missing-required", "gateway has no name");
                    }
                }
            }
        });
    }

    void configMap(RawResource resource) {
        List<Diagnostic> found = new ArrayList<>();
        reader.embedded(resource, "mesh", "MeshConfig", found).ifPresent(config -> {
            schema(config, "MeshConfig", "data.mesh");
            meshConfig(config, "data.mesh");
        });
        reader.embedded(resource, "meshNetworks", "MeshNetworks", found).ifPresent(networks -> {
            schema(networks, "MeshNetworks", "data.meshNetworks");
            MeshNetworksRules.check(new View(networks, "data.meshNetworks", report));
        });
        found.forEach(report::add);
    }

    private void schema(Mapping settings, String kind, String path) {
        Schemas schemas = Schemas.standard();
        new SchemaChecker(schemas, false, report)
                .check(settings, schemas.kind("", kind).orElseThrow().root(), path);
    }

    /// Istio's rules hold for the whole of it, so that the defaults are filled in first.
    private void meshConfig(Mapping own, String path) {
        MeshConfigRules.check(new View(reader.withDefaults(own), path, report));
    }
}
