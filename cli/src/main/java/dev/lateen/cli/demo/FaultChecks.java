package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Check.Result;
import dev.lateen.local.Mesh;
import java.time.Duration;
import java.util.List;

/// A control plane that dies and certificates that run out, both under load.
///
/// Thread: one at a time.
final class FaultChecks {
    private static final Duration WITHOUT_CONTROL_PLANE = Duration.ofSeconds(3);
    private static final Duration AFTER_ROTATION = Duration.ofSeconds(2);
    /// A control plane has to start and its proxies have to find it again, on a machine that is busy with the load.
    private static final Duration RESTART = Duration.ofSeconds(90);
    /// The certificates of the checks live for 90 s.
    private static final Duration ROTATION = Duration.ofMinutes(2);

    private final Mesh mesh;
    private final Shop shop;
    private final Pods pods;
    private final Traffic traffic;

    FaultChecks(Mesh mesh, Shop shop, Pods pods, Traffic traffic) {
        this.mesh = mesh;
        this.shop = shop;
        this.pods = pods;
        this.traffic = traffic;
    }

    List<Check> checks() {
        return List.of(
                new Check("control plane dies under load: no request lost", this::controlPlaneDies),
                new Check("certificates rotate under load: no request lost", this::rotation));
    }

    private Result controlPlaneDies() {
        boolean before = traffic.inForce(shop.split("version", "v2", 90, 10)) && traffic.settled();
        int restarts = mesh.controlPlane().restarts();
        Load load = traffic.steady();
        mesh.controlPlane().crash();
        Eventually.pause(WITHOUT_CONTROL_PLANE);
        boolean back = Eventually.holds(RESTART, () -> mesh.controlPlane().restarts() > restarts)
                && mesh.controlPlane().awaitReady(RESTART);
        boolean follows = traffic.inForce(shop.split("version", "v2", 0, 100));
        load.stop();
        return Result.of(
                before && back && follows && load.failed() == 0,
                load + (follows ? ", new configuration arrives again" : ", no new configuration arrived"));
    }

    private Result rotation() {
        TlsProbe probe = new TlsProbe(pods.of("user-service-v1").getFirst().address(), 8080);
        String[] serials = {"", ""};
        boolean shown = Eventually.holds(() -> {
            serials[0] = probe.serial();
            return !serials[0].isEmpty();
        });
        Load load = traffic.steady();
        boolean rotated = shown
                && Eventually.holds(ROTATION, () -> {
                    serials[1] = probe.serial();
                    return !serials[1].isEmpty() && !serials[1].equals(serials[0]);
                });
        Eventually.pause(AFTER_ROTATION);
        load.stop();
        return Result.of(
                rotated && load.failed() == 0,
                (rotated ? "serial " + serials[0] + " → " + serials[1] : "serial stays " + serials[0]) + "; " + load);
    }
}
