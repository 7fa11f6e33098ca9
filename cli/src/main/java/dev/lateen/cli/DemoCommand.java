package dev.lateen.cli;

import dev.lateen.cli.demo.Demo;
import dev.lateen.cli.demo.LiveView;
import dev.lateen.cli.demo.Shop;
import dev.lateen.cli.demo.ShopServices;
import dev.lateen.cli.demo.ShopServices.Language;
import dev.lateen.local.Mesh;
import dev.lateen.local.MeshSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `demo`: a shop of a few services as a mesh, to look at or to check.
@Command(
        name = "demo",
        description = {
            "Run a shop of three services as a mesh on this machine and show its traffic, live.",
            "With --check: run a scenario unattended, one line a check; exit status 0 when all passed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen demo",
            "  lateen demo --check",
            "  lateen demo --check --proxy envoy --capture transparent",
            "  lateen demo --check --only split",
            "  lateen demo --services go"
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    /// Short enough that a rotation is seen while the checks run, long enough for a slow machine.
    private static final String SHORT_LIFETIME = "90s";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private MeshOptions options = new MeshOptions();

    @Option(names = "--check", description = "Run the checks and end.")
    private boolean check;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            description = "Run only checks whose name holds this; may be given several times.")
    private List<String> only = List.of();

    @Option(
            names = "--services",
            paramLabel = "LANGUAGE",
            description = "What the services are written in: java, or go (gin and OpenTelemetry, built with the go on"
                    + " PATH). Default: ${DEFAULT-VALUE}.",
            defaultValue = "java")
    private Language services = Language.JAVA;

    @Option(names = "--keep", description = "Let the mesh run on after the checks, until Ctrl-C.")
    private boolean keep;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path demo = LateenHome.directory().resolve("demo");
        Map<String, String> environment = check ? Map.of("SECRET_TTL", SHORT_LIFETIME) : Map.of();
        MeshSettings place = options.settings(List.of(), environment);
        UpCommand.refuseSecond(place);
        Path build = LateenHome.directory().resolve(".lateen").resolve("build");
        Shop shop = Shop.copy(demo, place.home().resolve("shop"), ShopServices.of(services, demo, build));
        List<Path> paths = new ArrayList<>(List.of(shop.manifests()));
        if (!check) {
            shop.addLoadGenerator(demo);
        }
        MeshSettings settings = options.settings(paths, environment);
        Mesh mesh = new Mesh(settings, line -> {
            if (check) {
                out.println("     " + line);
                out.flush();
            }
        });
        Shutdown.register(mesh::close);
        mesh.start();
        if (!check) {
            new LiveView(mesh, shop.manifests(), out).run();
            return 0;
        }
        int failed = new Demo(settings, mesh, shop, out).check(only);
        if (keep) {
            new CountDownLatch(1).await();
        }
        return failed == 0 ? 0 : 1;
    }
}
