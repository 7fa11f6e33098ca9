package dev.lateen.cli.demo;

import dev.lateen.local.Mesh;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The checks of the demo, on real traffic. They run in order, each from the configuration that it saves itself.
///
/// Thread: one at a time.
final class Scenario {
    private final Mesh mesh;
    private final Shop shop;
    private final Pods pods;
    private final Traffic traffic;

    Scenario(Mesh mesh, Shop shop, Path logs) {
        this.mesh = mesh;
        this.shop = shop;
        this.pods = new Pods(mesh);
        this.traffic = new Traffic(mesh, pods, logs);
    }

    List<Check> checks() {
        return Stream.of(
                        new RoutingChecks(mesh, shop, traffic).checks(),
                        new ResilienceChecks(shop, pods, traffic).checks(),
                        new SecurityChecks(shop, traffic).checks(),
                        new FaultChecks(mesh, shop, pods, traffic).checks())
                .flatMap(List::stream)
                .toList();
    }
}
