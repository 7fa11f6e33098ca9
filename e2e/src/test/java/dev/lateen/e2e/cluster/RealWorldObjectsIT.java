package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lateen.e2e.cluster.RecordedObjects.RecordedObject;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What the definitions and the webhook make of resources that others wrote for Istio, and what `kubectl` shows of
/// them.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
final class RealWorldObjectsIT {
    private static final String SPACE = "recorded";
    private static final String ROOT = "istio-system";
    private static final String MARK = "recorded-case";
    private static final int LEAST = 500;
    private static final String KINDS = "vs,dr,gw,se,sidecars,we,wg,envoyfilters,proxyconfigs,pa,ra,ap,telemetry,"
            + "wasmplugins,trafficextensions";
    /// After a field's path, up to the value that stands there.
    private static final Pattern REASON = Pattern.compile("spec[^ ]*: ([^(;]+)");
    /// Rules of Istio's validation that no recorded case shows.
    private static final Set<String> KNOWN_REASONS = Set.of(
            "unknown field",
            "server has no port",
            "server has no hosts",
            "port name is given twice in this gateway",
            "… cannot name a service",
            "… is allowed only at gateways",
            "a TLS rule needs at least one match",
            "mutual TLS needs clientCertificate",
            "settings of the port are empty",
            "only one of mirror and mirrors can be set",
            "not a valid subset name",
            "protocol is not known",
            "SNI host is none of the VirtualService's hosts");
    private static final Pattern REFUSAL = Pattern.compile("\"[^\"]*/(o\\d+)\\.json\"");

    private static InstalledMesh mesh;
    private static Kubectl cluster;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        mesh = InstalledMesh.install("--set", "profile=minimal");
        cluster = mesh.cluster();
        cluster.run("create", "namespace", SPACE);
    }

    @AfterAll
    static void uninstall() throws IOException, InterruptedException {
        if (mesh != null) {
            mesh.remove(SPACE);
        }
    }

    @Test
    void takesAndRefusesWhatIstioDoes() throws IOException, InterruptedException {
        List<RecordedObject> objects = RecordedObjects.read();
        assumeFalse(objects.isEmpty(), "SKIPPED: no conformance vectors; set LATEEN_VECTORS to their directory");
        assertThat(objects).hasSizeGreaterThanOrEqualTo(LEAST);
        for (int i = 0; i < objects.size(); i++) {
            Files.writeString(directory.resolve(name(i) + ".json"), placed(objects.get(i), i));
        }
        String said = Kubectl.outcome(List.of("kubectl", "apply", "-f", directory.toString()));
        Set<String> taken = cluster.run("get", KINDS, "-A", "-l", MARK, "-o", "jsonpath={.items[*].metadata.name}")
                .lines()
                .flatMap(line -> Pattern.compile(" ").splitAsStream(line))
                .collect(Collectors.toSet());
        Map<String, String> refusals = refusals(said);
        List<String> differ = new ArrayList<>();
        Set<String> recorded = new TreeSet<>();
        Map<String, List<String>> others = new TreeMap<>();
        for (int i = 0; i < objects.size(); i++) {
            RecordedObject one = objects.get(i);
            boolean refused = !taken.contains(name(i));
            String told =
                    one.origin() + " " + Trees.text(one.object(), "kind") + " " + refusals.getOrDefault(name(i), "");
            switch (one.verdict()) {
                case TAKEN -> addIf(refused, differ, "refused: " + told);
                case REFUSED -> {
                    addIf(!refused, differ, "taken: " + told);
                    recorded.addAll(reasons(told));
                }
                case NOT_RECORDED -> {
                    if (refused) {
                        others.put(told, reasons(told));
                    }
                }
            }
        }
        // Whatever is refused without a record is refused for what Istio refuses others for.
        recorded.addAll(KNOWN_REASONS);
        others.forEach(
                (told, reasons) -> addIf(reasons.stream().noneMatch(recorded::contains), differ, "refused: " + told));
        System.out.printf(
                "recorded objects: %d applied, %d taken, %d refused, %d of these without a record, %d otherwise than by Istio%n",
                objects.size(), taken.size(), objects.size() - taken.size(), others.size(), differ.size());
        differ.forEach(one -> System.out.println("  " + one));
        assertThat(differ).isEmpty();
    }

    private static void addIf(boolean condition, List<String> list, String line) {
        if (condition) {
            list.add(line);
        }
    }

    /// Without the fields that they are about and the values that stand there.
    private static List<String> reasons(String refusal) {
        Matcher reason = REASON.matcher(refusal);
        List<String> reasons = new ArrayList<>();
        if (refusal.contains("strict decoding error: unknown field")) {
            reasons.add("unknown field");
        }
        while (reason.find()) {
            reasons.add(reason.group(1).replaceAll("'[^']*'", "…").strip());
        }
        return reasons;
    }

    private static String name(int number) {
        return "o%04d".formatted(number);
    }

    /// Under a name of its own, in the test's namespace; the mesh's own one stays, since it means more.
    private static String placed(RecordedObject recorded, int number) {
        ObjectNode object = recorded.object().deepCopy();
        ObjectNode metadata = Trees.into(object, "metadata");
        boolean root = Trees.text(metadata, "namespace").equals(ROOT);
        metadata.retain(List.of("labels", "annotations"));
        metadata.put("name", name(number)).put("namespace", root ? ROOT : SPACE);
        Trees.into(metadata, "labels").put(MARK, name(number));
        object.remove("status");
        return object.toString();
    }

    /// By the file's name: everything up to the next one.
    private static Map<String, String> refusals(String said) {
        Map<String, String> refusals = new HashMap<>();
        for (String line : said.lines().toList()) {
            Matcher file = REFUSAL.matcher(line);
            if (file.find()) {
                refusals.merge(file.group(1), line.substring(file.end()), (a, b) -> a + b);
            }
        }
        return refusals;
    }

    @Test
    void showsTheColumnsThatIstioShows() throws IOException, InterruptedException {
        cluster.apply(InstalledMesh.text("columns.yaml"));
        Map<String, List<String>> columns = Map.of(
                "vs", List.of("NAME +GATEWAYS +HOSTS +AGE", "shown +\\[\"edge\"\\] +\\[\"shown.example\"\\] +\\S+"),
                "dr", List.of("NAME +HOST +AGE", "shown +shown.example +\\S+"),
                "gw", List.of("NAME +AGE", "shown +\\S+"),
                "se",
                        List.of(
                                "NAME +HOSTS +LOCATION +RESOLUTION +AGE",
                                "shown +\\[\"shown.example\"\\] +MESH_EXTERNAL +DNS +\\S+"),
                "pa", List.of("NAME +MODE +AGE", "shown +STRICT +\\S+"),
                "ra", List.of("NAME +AGE", "shown +\\S+"),
                "ap", List.of("NAME +ACTION +AGE", "shown +DENY +\\S+"),
                "telemetry", List.of("NAME +AGE", "shown +\\S+"));
        for (Map.Entry<String, List<String>> kind : columns.entrySet()) {
            List<String> lines = cluster.run("-n", SPACE, "get", kind.getKey(), "--field-selector=metadata.name=shown")
                    .lines()
                    .toList();
            assertThat(lines).as(kind.getKey()).hasSize(2);
            assertThat(lines.getFirst()).matches(kind.getValue().getFirst() + " *");
            assertThat(lines.getLast()).matches(kind.getValue().getLast() + " *");
        }
        assertThat(cluster.run("-n", SPACE, "get", "vs,dr,gw,se,pa,ra,ap,telemetry", "-o", "name"))
                .contains(
                        "virtualservice.networking.istio.io/shown",
                        "destinationrule.networking.istio.io/shown",
                        "gateway.networking.istio.io/shown",
                        "serviceentry.networking.istio.io/shown",
                        "peerauthentication.security.istio.io/shown",
                        "requestauthentication.security.istio.io/shown",
                        "authorizationpolicy.security.istio.io/shown",
                        "telemetry.telemetry.istio.io/shown");
    }

    @Test
    void explainsFields() throws IOException, InterruptedException {
        assertThat(cluster.run("explain", "virtualservice.spec.http"))
                .containsPattern("FIELD: http <\\[\\]Object>")
                .containsPattern("timeout\\s+<string>")
                .containsPattern("route\\s+<\\[\\]Object>");
        assertThat(cluster.run("explain", "authorizationpolicy.spec.rules.from.source"))
                .containsPattern("principals\\s+<\\[\\]string>");
    }
}
