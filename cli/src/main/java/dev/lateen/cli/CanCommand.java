package dev.lateen.cli;

import dev.lateen.cli.access.AccessText;
import dev.lateen.cli.access.FileMesh;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import dev.lateen.model.access.AccessCheck;
import dev.lateen.model.access.AccessReport;
import dev.lateen.model.access.QuestionReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `can`: whether a client may do something at a service, and which policy decides.
@Command(
        name = "can",
        description = {
            "Say whether a client may do something at a service, with the policy, rule and line that decides.",
            "It looks at mutual TLS, RequestAuthentication and AuthorizationPolicy of each workload behind the service,"
                    + " from manifests (-f) or as the running control plane has them; not at routes.",
            "Exit status 0: allowed, 1: denied, 2: the question cannot be answered."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} can deploy/order-service GET user-service/api/users",
            "  ${ROOT-COMMAND-NAME} can order-service.default POST user-service:8080/api/users -f shop/ -v",
            "  ${ROOT-COMMAND-NAME} can ns/default/sa/order-service GET user-service/ --header x-canary=true",
            "  ${ROOT-COMMAND-NAME} can - GET user-service/ --from-ip 203.0.113.7       nobody of the mesh",
            "  ${ROOT-COMMAND-NAME} can deploy/web GET shop/ --claim iss=https://issuer --claim sub=ann"
                    + " --claim 'realm[roles]=admin'",
            "  ${ROOT-COMMAND-NAME} can deploy/web TCP database:5432"
        },
        mixinStandardHelpOptions = true)
final class CanCommand implements Callable<Integer> {
    private static final int TROUBLE = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "CLIENT",
            description =
                    "[TYPE/]NAME[.NAMESPACE], [TRUST-DOMAIN/]ns/NAMESPACE/sa/ACCOUNT, or - for nobody of the mesh.")
    private String client = "";

    @Parameters(index = "1", paramLabel = "METHOD", description = "Such as GET; TCP for a connection.")
    private String method = "";

    @Parameters(index = "2", paramLabel = "SERVICE[:PORT][/PATH]", description = "The service as the client calls it.")
    private String where = "";

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "PATH",
            description = "Manifests, files or directories, instead of a control plane.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header of the request.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--claim",
            paramLabel = "NAME=VALUE",
            description = "A claim of a good token; NAME[INNER] within another, again for several values.")
    private List<String> claims = new ArrayList<>();

    @Option(names = "--from-ip", paramLabel = "IP", description = "The address that the server sees.")
    private String from = "";

    @Option(
            names = "--remote-ip",
            paramLabel = "IP",
            description = "The client's address behind proxies (default: the same).")
    private String remote = "";

    @Option(names = "--sni", paramLabel = "NAME", description = "The server name that the client's TLS asks for.")
    private String sni = "";

    @Option(
            names = {"-v", "--verbose"},
            description = "Show everything that was looked at, and why it did not match.")
    private boolean verbose;

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        AccessReport report;
        try {
            report = files.isEmpty() ? ask() : read();
        } catch (IOException | UncheckedIOException | IllegalArgumentException trouble) {
            spec.commandLine()
                    .getErr()
                    .println(spec.commandLine()
                            .getColorScheme()
                            .errorText(spec.qualifiedName() + ": " + Failures.describe(trouble)));
            return TROUBLE;
        }
        output.show(() -> AccessText.of(report, verbose), () -> tree(report));
        return report.allowed() ? 0 : 1;
    }

    private static JsonNode tree(AccessReport report) {
        return Json.tree(Json.object(
                "allowed", report.allowed(),
                "client", report.client(),
                "request", report.request(),
                "answers", report.answers()));
    }

    private AccessReport read() throws IOException {
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new ParameterException(spec.commandLine(), file + ": no such file or directory");
            }
        }
        FileMesh mesh = FileMesh.read(files);
        String trustDomain = mesh.snapshot().mesh().identity().trustDomain();
        return new AccessCheck(mesh.snapshot()).report(QuestionReader.read(fields(), mesh.clients(), trustDomain));
    }

    private AccessReport ask() throws IOException {
        String query = fields().entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        IOException last = new IOException("no control plane to ask (expected: one that runs, or -f PATH)");
        for (ControlPlaneAddress one : controlPlanes.of(target)) {
            try {
                JsonNode answer = Json.read(one.debug().get("/debug/accessz?" + query));
                if (!answer.has("error")) {
                    return Json.value(answer, AccessReport.class);
                }
                last = new IOException(Json.text(answer, "error"));
            } catch (IOException failure) {
                last = failure;
            }
        }
        throw last;
    }

    private Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("client", client);
        fields.put("namespace", target.namespace());
        fields.put("method", method);
        fields.put("target", where);
        fields.put("headers", String.join("\n", headers));
        fields.put("claims", String.join("\n", claims));
        fields.put("from", from);
        fields.put("remote", remote);
        fields.put("sni", sni);
        fields.values().removeIf(String::isEmpty);
        return fields;
    }
}
