package dev.lateen.local.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.kubernetes.inject.ProxySettings;
import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import dev.lateen.local.process.Children;
import dev.lateen.model.tree.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransparentCaptureIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path directory = Path.of("");

    @BeforeEach
    void needsRoot() throws IOException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
        for (String tool : List.of("ip", "iptables", "nsenter", "unshare")) {
            assumeTrue(Children.onPath(tool).isPresent(), "needs " + tool);
        }
    }

    private static WorkloadSpec workload(Role role) {
        return new WorkloadSpec(
                "Deployment",
                "shop",
                "users",
                1,
                Map.of(),
                Map.of(),
                "default",
                List.of(),
                role,
                ProxySettings.DEFAULT,
                Path.of("."),
                Position.UNKNOWN);
    }

    private static String in(Place place, String... words) {
        List<String> all = new ArrayList<>(place.prefix());
        all.addAll(List.of(words));
        return Command.run(all);
    }

    @Test
    void redirectsAPodWithASidecarAndShowsItTheServices() {
        try (Children children = new Children();
                TransparentCapture capture = new TransparentCapture("it-one", children, directory)) {
            Place place = capture.place("users-0", workload(Role.SIDECAR));
            capture.showServices(namespace -> Map.of("orders." + namespace, List.of("240.240.1.2")));

            assertThat(in(place, "iptables", "-w", "-t", "nat", "-S", "ISTIO_OUTPUT"))
                    .contains("ISTIO_REDIRECT");
            assertThat(in(place, "cat", "/etc/hosts")).contains("240.240.1.2 orders.shop");
            assertThat(in(place, "ip", "-4", "address")).contains(place.address());
        }
    }

    @Test
    void leavesAGatewayAlone() {
        try (Children children = new Children();
                TransparentCapture capture = new TransparentCapture("it-two", children, directory)) {
            Place place = capture.place("gateway-0", workload(Role.GATEWAY));

            assertThat(in(place, "iptables", "-w", "-t", "nat", "-S")).doesNotContain("ISTIO");
        }
    }

    @Test
    void leavesNoInterfaceBehind() {
        String network;
        try (Children children = new Children();
                TransparentCapture capture = new TransparentCapture("it-three", children, directory)) {
            capture.place("users-0", workload(Role.SIDECAR));
            network = " " + capture.controlAddress().replaceAll("2$", "1") + "/";
            assertThat(Command.run(List.of("ip", "-4", "address"))).contains(network);
        }
        await().atMost(SOON)
                .until(() -> !Command.run(List.of("ip", "-4", "address")).contains(network));
    }
}
