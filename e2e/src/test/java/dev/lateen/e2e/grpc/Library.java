package dev.lateen.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The gRPC libraries that real applications of the tests are written with.
public enum Library {
    JAVA,
    /// Only where all integration tests are asked for and a Go toolchain is there.
    GO;

    private static final Path GO_SOURCES = Path.of("src", "test", "go", "grpcpeer");
    private static final Path GO_PROGRAM = Path.of("target", "go", "grpcpeer").toAbsolutePath();

    /// Skips a test whose library is not asked for, and says why.
    public void assumeAsked() {
        if (this == GO) {
            assumeTrue("all".equals(System.getProperty("lateen.it")), "SKIPPED: -Dlateen.it=all asks with grpc-go too");
            assumeTrue(
                    Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                            .anyMatch(one -> Files.isExecutable(Path.of(one, "go"))),
                    "SKIPPED: no go on PATH");
        }
    }

    /// The command of the peer; that in Go is built first.
    public List<String> peer() throws IOException {
        return switch (this) {
            case JAVA -> {
                List<String> words = new ArrayList<>(GrpcPeer.arguments());
                words.addFirst(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
                yield words;
            }
            case GO -> List.of(build().toString());
        };
    }

    private static synchronized Path build() throws IOException {
        Process go = new ProcessBuilder("go", "build", "-buildvcs=false", "-o", GO_PROGRAM.toString(), ".")
                .directory(GO_SOURCES.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(go.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            assertThat(go.waitFor()).as("go build: " + said).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return GO_PROGRAM;
    }
}
