package dev.lateen.cli;

import dev.lateen.cli.diagnosis.Distribution;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `wait`: until a resource is in force.
@Command(
        name = "wait",
        description = {
            "Wait until the proxies have acknowledged what was made of a resource.",
            "Exit status 0: it is in force, 1: it was refused, or the time is over."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} wait --for=distribution virtualservice user-service.shop",
            "  ${ROOT-COMMAND-NAME} wait vs/user-service -n shop --timeout 60s",
            "  ${ROOT-COMMAND-NAME} wait authorizationpolicy deny-all.shop --threshold 0.9"
        },
        mixinStandardHelpOptions = true)
final class WaitCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(300);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..2", paramLabel = "KIND NAME[.NAMESPACE]", description = "Or KIND/NAME[.NAMESPACE].")
    private List<String> resource = List.of();

    @Option(
            names = "--for",
            paramLabel = "STATE",
            description = "distribution, or delivery, which means the same here (default: ${DEFAULT-VALUE}).",
            defaultValue = "distribution")
    private String state = "distribution";

    @Option(
            names = "--threshold",
            paramLabel = "SHARE",
            description = "Of the connected proxies, up to 1 (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private double threshold = 1;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = InstallRun.GoDuration.class,
            description = "How long (default: ${DEFAULT-VALUE}).",
            defaultValue = "30s")
    private Duration timeout = Duration.ofSeconds(30);

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException, InterruptedException {
        String[] words = words();
        int dot = words[1].lastIndexOf('.');
        String name = dot < 0 ? words[1] : words[1].substring(0, dot);
        String namespace =
                dot >= 0 ? words[1].substring(dot + 1) : target.namespace().isEmpty() ? "default" : target.namespace();
        List<ControlPlaneAddress> asked = controlPlanes.of(target);
        PrintWriter out = spec.commandLine().getOut();
        long end = System.nanoTime() + timeout.toNanos();
        Distribution seen;
        do {
            seen = look(words[0], name, namespace, asked);
            if (seen.reached(threshold)) {
                out.println(words[0] + " " + name + "." + namespace + ": " + seen.text());
                out.flush();
                return 0;
            }
            if (!seen.refusals().isEmpty() && seen.known()) {
                break;
            }
            Thread.sleep(PAUSE);
        } while (System.nanoTime() < end);
        throw new IOException(words[0] + " " + name + "." + namespace + ": "
                + (seen.refusals().isEmpty()
                        ? seen.text() + " after " + timeout.toSeconds() + " s"
                        : String.join("\n", seen.refusals())));
    }

    private String[] words() {
        if (!state.equals("distribution") && !state.equals("delivery")) {
            throw new ParameterException(spec.commandLine(), "--for " + state + " (expected: distribution)");
        }
        String[] words = resource.size() == 2
                ? resource.toArray(String[]::new)
                : resource.getFirst().split("/", 2);
        if (words.length < 2 || words[1].isEmpty()) {
            throw new ParameterException(spec.commandLine(), "a name is missing (expected: KIND NAME[.NAMESPACE])");
        }
        return words;
    }

    private Distribution look(String kind, String name, String namespace, List<ControlPlaneAddress> asked)
            throws IOException {
        List<JsonNode> pages = new ArrayList<>();
        for (ControlPlaneAddress one : asked) {
            if (isInCluster() && !isCurrent(one, kind, name, namespace)) {
                return new Distribution(false, 0, 0, List.of());
            }
            pages.add(Json.read(one.debug().get("/debug/statusz")));
        }
        return Distribution.of(kind, name, namespace, pages);
    }

    private boolean isInCluster() throws IOException {
        return !controlPlanes.areGiven() && target.cluster().isPresent();
    }

    /// Whether a control plane has the object as the API server has it now.
    private boolean isCurrent(ControlPlaneAddress one, String kind, String name, String namespace) throws IOException {
        for (JsonNode held : Json.items(Json.read(one.debug().get("/debug/configz")))) {
            if (Distribution.isKind(kind, Json.text(held, "kind"))
                    && Json.text(held, "metadata", "name").equals(name)
                    && Json.text(held, "metadata", "namespace").equals(namespace)) {
                return target.askCluster(mesh -> mesh.cluster()
                                .get(Json.text(held, "apiVersion"), Json.text(held, "kind"), namespace, name))
                        // As text, so that a number is the same however it was read.
                        .filter(object -> Json.read(object.path("spec").toString())
                                .equals(Json.read(held.path("spec").toString())))
                        .isPresent();
            }
        }
        // One that was not accepted is not among them.
        return true;
    }
}
