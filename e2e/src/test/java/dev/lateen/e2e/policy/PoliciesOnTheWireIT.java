package dev.lateen.e2e.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.behaviour.DataPlane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the plain reading of generated policies says about generated callers is what they get over real connections.
/// `-Dlateen.pairs=N` asks about more pairs, `-Dlateen.seed=N` repeats a run. In a network namespace callers have
/// addresses of their own; where there is none, all come from 127.0.0.1.
class PoliciesOnTheWireIT {
    private static final int PAIRS = 500;
    private static final String NAMESPACE = "ip link set lo up"
            + " && for a in 10.1.0.1/32 10.1.200.7/32 192.0.2.9/32 2001:db8::1/128 2001:db8:1::1/128;"
            + " do ip address add $a dev lo || exit 9; done";

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void bothDataPlanesEnforceWhatPoliciesSay(DataPlane plane) throws Exception {
        String obstacle = plane.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle);
        boolean addresses = run(List.of("unshare", "--net", "sh", "-c", NAMESPACE)) == 0;
        List<String> command = new ArrayList<>();
        if (addresses) {
            command.addAll(List.of("unshare", "--net", "sh", "-c", NAMESPACE + " && exec \"$0\" \"$@\""));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), WireRun.class.getName(), plane.name()));
        command.add(Integer.toString(Integer.getInteger("lateen.pairs", PAIRS)));
        command.add(Long.toString(Long.getLong("lateen.seed", 20_261_125L)));
        command.add(Boolean.toString(addresses));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.print(said);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static int run(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException _) {
            return -1;
        }
    }
}
