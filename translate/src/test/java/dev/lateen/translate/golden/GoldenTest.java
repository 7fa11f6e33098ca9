package dev.lateen.translate.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.translate.Translator;
import dev.lateen.translate.vectors.Messages;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each mesh, as one proxy gets it, is what the files say.
class GoldenTest {
    private static final Path ROOT = Path.of("src/test/resources/golden");
    private static final List<ResourceType> TYPES =
            List.of(ResourceType.LISTENER, ResourceType.ROUTE, ResourceType.CLUSTER, ResourceType.ENDPOINT);

    enum Case {
        ROUTING("client", "sidecar~10.1.0.1~client-1.default~default.svc.cluster.local", Map.of("app", "client")),
        /// What the whole mesh says of hosts and connections that nothing else is said of.
        BASELINE("client", "sidecar~10.1.0.1~client-1.default~default.svc.cluster.local", Map.of("app", "client")),
        GATEWAY("edge", "router~10.1.9.9~edge-1.edge~edge.svc.cluster.local", Map.of("istio", "ingressgateway")),
        INGRESS("edge", "router~10.1.9.9~edge-1.edge~edge.svc.cluster.local", Map.of("istio", "ingressgateway")),
        POLICIES("server", "sidecar~10.1.0.2~server-1.default~default.svc.cluster.local", Map.of("app", "server")),
        LIMITS("server", "sidecar~10.1.0.2~server-1.default~default.svc.cluster.local", Map.of("app", "server")),
        /// An application whose gRPC library speaks xDS: most of what the routes and rules say is not for it.
        PROXYLESS("server", "sidecar~10.1.0.2~server-1.default~default.svc.cluster.local", Map.of("app", "server"));

        private final String proxy;
        private final String id;
        private final Map<String, String> labels;

        Case(String proxy, String id, Map<String, String> labels) {
            this.proxy = proxy;
            this.id = id;
            this.labels = labels;
        }

        Path directory() {
            return ROOT.resolve(name().toLowerCase(Locale.ROOT));
        }

        ProxyNode node() {
            Map.Entry<String, String> plane =
                    this == PROXYLESS ? Map.entry("GENERATOR", "grpc") : Map.entry("LATEEN_PROXY", "true");
            return ProxyNode.parse(id, Map.of(plane.getKey(), plane.getValue(), "LABELS", labels), Locality.NONE)
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void translatesAsRecorded(Case recorded) throws IOException {
        Path file = recorded.directory().resolve(recorded.proxy + ".yaml");
        String actual = translated(recorded);
        if (System.getProperty("lateen.golden", "").equals("write")) {
            Files.writeString(file, actual);
        }
        assertThat(actual)
                .as("%s differs; if that is meant, run ./dev golden and review the difference", file)
                .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
    }

    private static String translated(Case recorded) throws IOException {
        XdsResources resources =
                new Translator().translate(mesh(recorded.directory()).build(), recorded.node());
        StringBuilder text = new StringBuilder();
        for (ResourceType type : TYPES) {
            Map<String, JsonElement> byName =
                    Messages.actual(resources.ofType(type).values(), type);
            byName.forEach((name, json) -> text.append("--- # ")
                    .append(type)
                    .append(' ')
                    .append(name)
                    .append('\n')
                    .append(YamlText.of(json)));
        }
        return text.toString();
    }

    private static SnapshotBuilder mesh(Path directory) throws IOException {
        List<RawResource> resources = new ArrayList<>();
        String yaml = Files.readString(directory.resolve("mesh.yaml"));
        for (ParsedResource parsed : ResourceReader.create().read(yaml, "mesh.yaml")) {
            assertThat(parsed).isInstanceOf(ParsedResource.Valid.class);
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                resources.add(resource);
            }
        }
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        return builder;
    }
}
