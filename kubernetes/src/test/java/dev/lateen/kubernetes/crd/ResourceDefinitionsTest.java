package dev.lateen.kubernetes.crd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ResourceDefinitionsTest {
    private static final List<ObjectNode> ALL = ResourceDefinitions.all(Schemas.standard());

    @Test
    void definesIstiosKindsUnderTheirNames() {
        assertThat(ALL.stream().map(one -> Trees.text(one, "metadata", "name")))
                .contains(
                        "authorizationpolicies.security.istio.io",
                        "destinationrules.networking.istio.io",
                        "envoyfilters.networking.istio.io",
                        "gateways.networking.istio.io",
                        "peerauthentications.security.istio.io",
                        "proxyconfigs.networking.istio.io",
                        "requestauthentications.security.istio.io",
                        "serviceentries.networking.istio.io",
                        "sidecars.networking.istio.io",
                        "telemetries.telemetry.istio.io",
                        "virtualservices.networking.istio.io",
                        "wasmplugins.extensions.istio.io",
                        "workloadentries.networking.istio.io",
                        "workloadgroups.networking.istio.io")
                .doesNotContain("istiooperators.install.istio.io", "httproutes.gateway.networking.k8s.io");
    }

    @Test
    void storesExactlyOneVersion() {
        for (ObjectNode definition : ALL) {
            assertThat(Trees.objects(definition, "spec", "versions").stream()
                            .filter(version -> Trees.flag(version, "storage")))
                    .as(Trees.text(definition, "metadata", "name"))
                    .hasSize(1);
        }
    }

    @Test
    void showsWhatIstiosUsersExpect() {
        ObjectNode definition = named("virtualservices.networking.istio.io");
        assertThat(Trees.texts(definition, "spec", "names", "shortNames")).containsExactly("vs");
        ObjectNode version = Trees.objects(definition, "spec", "versions").getFirst();
        assertThat(Trees.names(Trees.objects(version, "additionalPrinterColumns")))
                .containsExactly("Gateways", "Hosts", "Age");
        assertThat(Trees.at(version, "subresources", "status").isObject()).isTrue();
    }

    @Test
    void isStructuralThroughout() {
        List<String> wrong = new ArrayList<>();
        for (ObjectNode definition : ALL) {
            for (ObjectNode version : Trees.objects(definition, "spec", "versions")) {
                check(
                        Trees.text(definition, "spec", "names", "kind"),
                        Trees.at(version, "schema", "openAPIV3Schema"),
                        wrong);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void letsOneFieldOfAChoiceBeSet() {
        ObjectNode version = Trees.objects(named("virtualservices.networking.istio.io"), "spec", "versions")
                .getFirst();
        JsonNode uri = Trees.at(
                version,
                "schema",
                "openAPIV3Schema",
                "properties",
                "spec",
                "properties",
                "http",
                "items",
                "properties",
                "match",
                "items",
                "properties",
                "uri");
        assertThat(uri.path("oneOf").toString())
                .isEqualTo("[{\"not\":{\"anyOf\":[{\"required\":[\"exact\"]},{\"required\":[\"prefix\"]},"
                        + "{\"required\":[\"regex\"]}]}},{\"required\":[\"exact\"]},{\"required\":[\"prefix\"]},"
                        + "{\"required\":[\"regex\"]}]");
    }

    /// Every place says what may stand there, and an object says either its fields or that it is open.
    private static void check(String path, JsonNode schema, List<String> wrong) {
        boolean open = Trees.flag(schema, "x-kubernetes-preserve-unknown-fields");
        String type = Trees.text(schema, "type");
        if (type.isEmpty() && !open && !Trees.flag(schema, "x-kubernetes-int-or-string")) {
            wrong.add(path + ": no type");
        }
        if (type.equals("array")) {
            check(path + "[]", schema.path("items"), wrong);
        }
        if (type.equals("object") && schema.has("additionalProperties")) {
            check(path + "{}", schema.path("additionalProperties"), wrong);
        } else if (type.equals("object") && !open && !schema.has("properties")) {
            wrong.add(path + ": closed without fields");
        }
        for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
            check(path + "." + field.getKey(), field.getValue(), wrong);
        }
    }

    private static ObjectNode named(String name) {
        return ALL.stream()
                .filter(one -> Trees.text(one, "metadata", "name").equals(name))
                .findFirst()
                .orElseThrow();
    }
}
