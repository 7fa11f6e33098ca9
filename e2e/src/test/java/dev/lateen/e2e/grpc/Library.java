package dev.lateen.e2e.grpc;

import dev.lateen.e2e.behaviour.GoProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The gRPC libraries that real applications of the tests are written with.
public enum Library {
    JAVA,
    /// Only where all integration tests are asked for and a Go toolchain is there.
    GO;

    /// Skips a test whose library is not asked for, and says why.
    public void assumeAsked() {
        if (this == GO) {
            GoProgram.assumeAsked();
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
            case GO -> List.of(GoProgram.build("grpcpeer").toString());
        };
    }
}
