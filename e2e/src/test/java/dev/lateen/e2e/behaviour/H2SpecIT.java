package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs h2spec (`go install` of github.com/summerwind/h2spec) against the whole proxy; skipped where it is not found on
/// PATH, in the variable H2SPEC or in `.lateen/tools`. Real Envoy fails more than ten of its cases.
class H2SpecIT {
    private static RunningProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        Bootstrap bootstrap = new Bootstrap();
        for (String codec : List.of("HTTP2", "AUTO")) {
            bootstrap.http(
                    codec,
                    "codec_type: " + codec + ",",
                    "",
                    "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: hello}}}");
        }
        proxy = DataPlane.LATEEN.start(bootstrap);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP2", "AUTO"})
    void passesEveryCase(String codec) throws Exception {
        Optional<File> h2spec = find();
        assumeTrue(h2spec.isPresent(), "SKIPPED: h2spec is not installed");
        assertThat(run(h2spec.orElseThrow(), proxy.port(codec)))
                .contains(" passed, ")
                .contains(" 0 failed");
    }

    private static String run(File h2spec, int port) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        h2spec.getPath(), "-h", "127.0.0.1", "-p", Integer.toString(port), "-o", "2", "--strict")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static Optional<File> find() {
        List<File> candidates = new ArrayList<>();
        String named = System.getenv("H2SPEC");
        if (named != null) {
            candidates.add(new File(named));
        }
        for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
            candidates.add(new File(folder, "h2spec"));
        }
        candidates.add(new File(System.getProperty("user.home"), "go/bin/h2spec"));
        candidates.add(new File("../.lateen/tools/bin/h2spec"));
        return candidates.stream().filter(File::canExecute).findFirst();
    }
}
