package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Check.Result;
import dev.lateen.local.Mesh;
import dev.lateen.local.MeshSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Runs the shop's checks and says how they went, one line each. Thread: main.
public final class Demo {
    private static final Duration READY = Duration.ofMinutes(5);

    private final MeshSettings settings;
    private final Mesh mesh;
    private final Shop shop;
    private final PrintWriter out;

    public Demo(MeshSettings settings, Mesh mesh, Shop shop, PrintWriter out) {
        this.settings = settings;
        this.mesh = mesh;
        this.shop = shop;
        this.out = out;
    }

    /// @param only run checks whose name holds one of these; empty for all
    /// @return how many checks failed
    public int check(List<String> only) {
        long start = System.nanoTime();
        boolean ready = mesh.awaitReady(READY);
        report(
                new Check(
                        "all pods are ready",
                        () -> Result.of(ready, mesh.podViews().size() + " pods")),
                start);
        if (!ready) {
            mesh.podViews().stream()
                    .filter(pod -> !pod.ready())
                    .forEach(pod -> out.println("     not ready: " + pod.name() + ", see " + settings.logs()));
            return 1;
        }
        int failed = 0;
        int run = 0;
        for (Check check : new Scenario(mesh, shop, settings.logs()).checks()) {
            if (only.isEmpty() || only.stream().anyMatch(check.name()::contains)) {
                run++;
                failed += report(check, System.nanoTime()) ? 0 : 1;
            }
        }
        if (run == 0) {
            out.println("no check's name holds " + String.join(" or ", only));
            return 1;
        }
        out.println(failed == 0 ? "all " + run + " checks passed" : failed + " of " + run + " checks failed");
        out.flush();
        return failed;
    }

    private boolean report(Check check, long start) {
        Result result;
        try {
            result = check.body().run();
        } catch (RuntimeException failure) {
            result = new Result(false, failure.toString());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        out.println(String.format(
                Locale.ROOT,
                "%s %-58s %5.1f s  %s",
                result.passed() ? "ok  " : "FAIL",
                check.name(),
                seconds,
                result.evidence()));
        out.flush();
        return result.passed();
    }
}
