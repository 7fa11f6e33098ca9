package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The forward proxy of the sample `tunnel`, as its README starts it.
///
/// @param log what it says
record ForwardProxyProgram(Process process, Path log) implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("listens on (\\d+)");

    static ForwardProxyProgram start(Path log) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        SampleMesh.SAMPLES.resolve("tunnel/ForwardProxy.java").toString(),
                        "0")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        ForwardProxyProgram started = new ForwardProxyProgram(process, log);
        await().atMost(SampleMesh.SOON)
                .until(() -> LISTENS.matcher(started.output()).find() || !process.isAlive());
        return started;
    }

    int port() throws IOException {
        Matcher port = LISTENS.matcher(output());
        assertThat(port.find()).as(output()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    void stop() {
        process.destroy();
    }

    @Override
    public void close() {
        stop();
    }
}
