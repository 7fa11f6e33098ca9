package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which services stay in their cluster, and who may see a ServiceEntry.
class MeshFieldsTest {
    private static final String CONFIG = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                %s
            ---
            """;
    private static final String ENTRY = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: outside, namespace: %s}
            spec:
              hosts: [outside.test]
              location: MESH_EXTERNAL
              resolution: DNS
              exportTo: [%s]
              ports: [{number: 80, name: http, protocol: HTTP}]
            ---
            """;
    private static final String POLICIES = "serviceEntryVisibility: {applyToSidecars: %s, defaultVisibility: %s,"
            + " policies: [{visibility: PUBLIC, matchingRules: [{namespaceSelector: {matchLabels: {trusted: a-lot}}},"
            + " {namespaceSelector: {matchExpressions: [{key: barred, operator: DoesNotExist}]}}]}]}";

    private static SnapshotBuilder builder(String yaml) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        List<RawResource> resources = read(yaml);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        return builder;
    }

    private static List<RawResource> read(String yaml) {
        List<RawResource> resources = new ArrayList<>();
        for (ParsedResource parsed : ResourceReader.create().read(yaml, "test.yaml")) {
            resources.add(((ParsedResource.Valid) parsed).resource());
        }
        return resources;
    }

    private static List<String> exportTo(MeshSnapshot snapshot) {
        return snapshot.services().all().getFirst().exportTo();
    }

    private static String namespace(String name, String labels) {
        return """
                apiVersion: v1
                kind: Namespace
                metadata: {name: %s, labels: {%s}}
                ---
                """.formatted(name, labels);
    }

    @ParameterizedTest
    @CsvSource({
        "kubernetes.default.svc.cluster.local, true",
        "dns.kube-system.svc.cluster.local, false",
        "metrics.kube-system.svc.cluster.local, true",
        "a.shop.svc.cluster.local, true",
        "b.shop.svc.cluster.local, false",
        "c.other.svc.cluster.local, false",
    })
    void theMostSpecificNameSaysWhetherAServiceStaysInItsCluster(String host, boolean stays) {
        MeshSnapshot snapshot = builder(CONFIG.formatted(
                        "serviceSettings: [{settings: {clusterLocal: true}, hosts: [\"*.shop.svc.cluster.local\"]},"
                                + " {settings: {clusterLocal: false}, hosts: [b.shop.svc.cluster.local,"
                                + " dns.kube-system.svc.cluster.local]}]"))
                .build();
        assertThat(snapshot.mesh().clusterLocal().covers(host, "cluster.local")).isEqualTo(stays);
    }

    @ParameterizedTest
    @CsvSource({
        "true, NAMESPACE, '', '*', .",
        "true, NAMESPACE, 'trusted: a-lot', '*', *",
        "true, NAMESPACE, 'trusted: a-lot, barred: x', '*', .",
        "true, NAMESPACE, 'trusted: a-little', '*', .",
        "true, NAMESPACE, '', elsewhere, ~",
        "true, NAMESPACE, 'trusted: a-lot', elsewhere, elsewhere",
        "true, PUBLIC, '', '*', *",
        "false, NONE, '', '*', *",
    })
    void anEntryIsSeenNoFurtherThanItsNamespacesPolicySays(
            boolean applied, String byDefault, String labels, String wanted, String left) {
        String config = CONFIG.formatted(POLICIES.formatted(applied, byDefault));
        MeshSnapshot snapshot = builder(config
                        + namespace("shop", labels)
                        + ENTRY.formatted("shop", wanted.equals("*") ? "\"*\"" : wanted))
                .build();
        assertThat(exportTo(snapshot)).containsExactly(left);
    }

    @Test
    void anEntryThatNobodyMaySeeIsNone() {
        String config = CONFIG.formatted(POLICIES.formatted(true, "NONE"));
        assertThat(builder(config + ENTRY.formatted("shop", "\"*\""))
                        .build()
                        .services()
                        .all())
                .isEmpty();
    }

    @Test
    void followsTheLabelsOfNamespaces() {
        SnapshotBuilder builder =
                builder(CONFIG.formatted(POLICIES.formatted(true, "NAMESPACE")) + ENTRY.formatted("shop", "\"*\""));
        assertThat(exportTo(builder.build())).containsExactly(".");
        List<RawResource> labelled = read(namespace("shop", "trusted: a-lot"));
        builder.put(labelled);
        assertThat(exportTo(builder.build())).containsExactly("*");
        builder.remove(labelled.stream().map(RawResource::key).toList());
        assertThat(exportTo(builder.build())).containsExactly(".");
    }
}
