package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalyzeCommandTest {
    private static final String SHOP = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec:
              selector: {app: reviews}
              ports: [{name: http, port: 80}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: reviews
              namespace: shop
            spec:
              hosts: [reviews]
              http:
              - route:
                - destination:
                    host: revews
            """;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void printsIstiosMessageAtTheLineOfTheField() throws IOException {
        Path file = write("vs.yaml", SHOP);
        CommandRun run = files(file.toString());
        assertThat(run.status()).isEqualTo(79);
        assertThat(run.out())
                .startsWith("Error [IST0101] (VirtualService shop/reviews " + file
                        + ":18) Referenced host not found: \"revews\"\n");
    }

    @Test
    void saysThatNothingIsWrong() throws IOException {
        Path file = write("vs.yaml", SHOP.replace("revews", "reviews"));
        CommandRun run = files(file.toString());
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("✔ No validation issues found when analyzing " + file + ".\n");
    }

    @Test
    void tellsSchemaErrorsAsIstioDoes() throws IOException {
        Path file = write("vs.yaml", SHOP.replace("revews", "reviews").replace("- route", "- timeuot: 5s\n    route"));
        CommandRun run = files(file.toString());
        assertThat(run.status()).isEqualTo(79);
        assertThat(run.out())
                .contains("Error [IST0106] (VirtualService shop/reviews " + file
                        + ":16) Schema validation error: spec.http[0].timeuot: unknown field 'timeuot'\n")
                .contains("did you mean 'timeout'?");
    }

    @Test
    void printsFieldsOfIstioctlAsJson() throws IOException {
        Path file = write("vs.yaml", SHOP);
        CommandRun run = files(file.toString(), "-o", "json");
        var first = Json.read(run.out()).path(0);
        assertThat(first.path("code").asString("")).isEqualTo("IST0101");
        assertThat(first.path("level").asString("")).isEqualTo("Error");
        assertThat(first.path("origin").asString("")).isEqualTo("VirtualService shop/reviews");
        assertThat(first.path("reference").asString("")).isEqualTo(file + ":18");
        assertThat(first.path("documentationUrl").asString("")).endsWith("/ist0101/");
    }

    @Test
    void suppressesByCodeAndResource() throws IOException {
        Path file = write("vs.yaml", SHOP);
        CommandRun run = files(file.toString(), "-S", "IST0101=VirtualService rev*.shop");
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("✔");
        assertThat(files(file.toString(), "-S", "IST0101=VirtualService reviews.other")
                        .status())
                .isEqualTo(79);
    }

    @Test
    void suppressesByAnnotation() throws IOException {
        Path file = write(
                "vs.yaml",
                SHOP.replace(
                        "  name: reviews\n  namespace",
                        "  name: reviews\n  annotations: {galley.istio.io/analyze-suppress: IST0101}\n  namespace"));
        assertThat(files(file.toString()).status()).isZero();
    }

    @Test
    void refusesSuppressionThatIsNone() throws IOException {
        CommandRun run = files(write("vs.yaml", SHOP).toString(), "-S", "IST0101");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("-S IST0101: not CODE=RESOURCE");
    }

    @Test
    void failsFromTheThresholdOn() throws IOException {
        Path file = write("ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        CommandRun run = files(file.toString());
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Info [IST0102] (Namespace shop " + file + ":3)");
        assertThat(files(file.toString(), "--failure-threshold", "info").status())
                .isEqualTo(79);
        assertThat(files(file.toString(), "--output-threshold", "warning").out())
                .startsWith("✔");
    }

    @Test
    void looksBelowDirectoriesWhenAsked() throws IOException {
        Files.createDirectories(directory.resolve("deep"));
        write("deep/vs.yaml", SHOP);
        assertThat(files(directory.toString()).status()).isNotEqualTo(79);
        assertThat(files("-R", directory.toString()).status()).isEqualTo(79);
    }

    @Test
    void takesTheMeshsSettingsFromFile() throws IOException {
        Path entry = write("se.yaml", """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: db}
                spec:
                  hosts: [db.example.com]
                  ports: [{number: 5432, name: tcp, protocol: TCP}]
                  resolution: DNS
                """);
        Path mesh = write("mesh.yaml", """
                defaultConfig:
                  proxyMetadata:
                    ISTIO_META_DNS_CAPTURE: "true"
                """);
        assertThat(files(entry.toString()).out()).contains("IST0134");
        assertThat(files(entry.toString(), "--meshConfigFile", mesh.toString()).out())
                .doesNotContain("IST0134");
    }

    @Test
    void failsOverDocumentThatIsNoResourceUnlessTold() throws IOException {
        Path file = write("no.yaml", "a: b\n");
        assertThat(files(file.toString()).status()).isEqualTo(65);
        CommandRun run = files(file.toString(), write("vs.yaml", SHOP).toString(), "--ignore-unknown");
        assertThat(run.status()).isEqualTo(79);
        assertThat(run.out()).doesNotContain("no.yaml");
    }

    @Test
    void listsAnalyzersAndRunsOne() throws IOException {
        assertThat(CommandRun.of("analyze", "--list-analyzers").out())
                .contains("virtualservice.DestinationHostAnalyzer", "injection.Analyzer");
        Path file = write("vs.yaml", SHOP);
        assertThat(files(file.toString(), "--analyzer", "virtualservice.GatewayAnalyzer")
                        .status())
                .isZero();
        CommandRun unknown = files(file.toString(), "--analyzer", "no.Analyzer");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("no analyzer 'no.Analyzer'");
    }

    @Test
    void countsWorkloadsInFilesAsTheirPods() throws IOException {
        Path file = write("sidecar.yaml", """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: shop}
                spec:
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: web}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: web, namespace: shop}
                spec:
                  workloadSelector: {labels: {app: web}}
                  egress: [{hosts: ["./*"]}]
                """);
        assertThat(files(file.toString()).out()).doesNotContain("IST0101");
        Path wrong = write(
                "sidecar.yaml",
                Files.readString(file).replace("{labels: {app: web}}\n  egress", "{labels: {app: wep}}\n  egress"));
        assertThat(files(wrong.toString()).out()).contains("Referenced selector not found: \"app=wep\"");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static CommandRun files(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "analyze";
        all[1] = "--use-kube=false";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return CommandRun.of(all);
    }
}
