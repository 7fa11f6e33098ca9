package dev.lateen.translate.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Message;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.EnvoyFilter.Context;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.translate.message.MessageMerge;
import dev.lateen.translate.message.MessageReader;
import dev.lateen.translate.vectors.VectorCase;
import dev.lateen.xds.EnvoyTypes;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Recorded EnvoyFilters and resources, before and after.
@Tag("envoyfilter")
class EnvoyFilterVectorsTest {
    private final EnvoyTypes types = new EnvoyTypes();
    private final MessageReader reader = new MessageReader(types);
    private final MessageMerge merge = new MessageMerge(types);

    @Test
    void resourcesArePatchedAsRecorded() throws IOException {
        Optional<Path> root = VectorCase.root();
        if (root.isEmpty()) {
            System.err.println("SKIPPED: no vectors for envoyfilter (set LATEEN_VECTORS)");
        }
        assumeTrue(root.isPresent(), "no vectors");
        List<String> failed = new ArrayList<>();
        int passed = 0;
        int incomplete = 0;
        try (Stream<Path> folders = Files.list(root.orElseThrow().resolve("envoyfilter"))) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                VectorCase input = new VectorCase(folder);
                if (lacksItsPatches(input)) {
                    incomplete++;
                    continue;
                }
                List<? extends Message> actual = patched(input);
                List<? extends Message> expected = expected(input);
                if (actual.equals(expected)) {
                    passed++;
                } else {
                    failed.add(input.name() + "\nwanted " + expected + "\nwas " + actual);
                }
            }
        }
        System.out.println("envoyfilter: " + incomplete + " cases are without the patches that they show");
        VectorCase.report("envoyfilter", passed, failed);
        assertThat(failed).isEmpty();
        assertThat(passed).isPositive();
    }

    /// Some recordings hold the patches of another case: what must come out names filters that nothing brings in.
    private static boolean lacksItsPatches(VectorCase input) throws IOException {
        Path expected = input.file("expected.listener.json");
        if (!Files.exists(expected)) {
            return false;
        }
        String given = Files.readString(input.file("input.yaml")) + Files.readString(input.file("input.listener.json"));
        return Pattern.compile("\"(?:name|serverNames)\": *\"([^\"]+)\"|\"([*.a-z]+\\.com)\"")
                .matcher(Files.readString(expected))
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .anyMatch(name -> !given.contains(name));
    }

    private List<? extends Message> patched(VectorCase input) throws IOException {
        Context context = Context.valueOf(input.options().text("patchContext", ""));
        MeshSnapshot snapshot = input.snapshot();
        List<CompiledPatch> meant = new EnvoyFilterPass().meantFor(snapshot, node(input));
        ProxyPatches patches = new ProxyPatches(meant, context, new PatchNotes());
        RoutePatches routes = new RoutePatches(patches, merge, context, Map.of());
        return switch (input.options().text("what", "")) {
            case "listener" -> listeners(input, new ListenerPatches(patches, merge, routes::apply));
            case "cluster" -> clusters(input, new ClusterPatches(patches, merge));
            default ->
                read(input, "input.route.json", RouteConfiguration::newBuilder).stream()
                        .map(route -> routes.apply((RouteConfiguration) route))
                        .toList();
        };
    }

    private List<Message> listeners(VectorCase input, ListenerPatches patches) throws IOException {
        List<Message> made = new ArrayList<>();
        for (Message listener : read(input, "input.listener.json", Listener::newBuilder)) {
            patches.apply((Listener) listener).ifPresent(made::add);
        }
        if (!input.options().flag("skipAdds")) {
            made.addAll(patches.added());
        }
        return made;
    }

    private List<Message> clusters(VectorCase input, ClusterPatches patches) throws IOException {
        List<Message> made = new ArrayList<>();
        Set<String> hosts = input.options().text("clusterHost").map(Set::of).orElse(Set.of());
        for (Message cluster : read(input, "input.cluster.json", Cluster::newBuilder)) {
            patches.apply((Cluster) cluster, hosts).ifPresent(made::add);
        }
        made.addAll(patches.added());
        return made;
    }

    private List<? extends Message> expected(VectorCase input) throws IOException {
        return switch (input.options().text("what", "")) {
            case "listener" -> read(input, "expected.listener.json", Listener::newBuilder);
            case "cluster" -> read(input, "expected.cluster.json", Cluster::newBuilder);
            default -> read(input, "expected.route.json", RouteConfiguration::newBuilder);
        };
    }

    /// One resource or a list of them.
    private List<Message> read(VectorCase input, String file, Supplier<Message.Builder> builder) throws IOException {
        Node tree = VectorCase.documents(input.file(file)).getFirst();
        List<Node> items = tree instanceof Node.Sequence(List<Node> list, var _) ? list : List.of(tree);
        List<Message> read = new ArrayList<>();
        List<Diagnostic> problems = new ArrayList<>();
        for (Node item : items) {
            Message.Builder into = builder.get();
            reader.read(item, into, "", problems);
            read.add(into.build());
        }
        assertThat(problems).isEmpty();
        return read;
    }

    private static ProxyNode node(VectorCase input) {
        Fields proxy = input.options().object("proxy", p -> p).orElseThrow();
        String namespace = proxy.text("configNamespace", "");
        Map<String, Object> metadata = new HashMap<>(proxy.textMap("metadata"));
        metadata.put("NAMESPACE", namespace);
        return ProxyNode.parse(
                        proxy.text("type", "sidecar") + "~10.0.0.1~app." + namespace + "~" + namespace
                                + ".svc.cluster.local",
                        metadata,
                        Locality.NONE)
                .orElseThrow();
    }
}
