package dev.lateen.e2e.policy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.TokenIssuer;
import dev.lateen.e2e.behaviour.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// A table of fields, and a proxy with servers behind it that is asked about each row. Tokens come from the issuers `a`
/// and `b`, whose keys stand where resources say `KEYS-A` and `KEYS-B`, and from a `stranger` that calls itself `a`.
///
/// Thread: one, of the test.
record FieldTable(List<FieldRow> rows, Upstream http, TcpEcho tcp, FieldProxy proxy) implements AutoCloseable {
    /// @param mesh resources of every row
    /// @param more adds clusters
    static FieldTable start(DataPlane plane, String file, String mesh, Consumer<Bootstrap> more) throws Exception {
        String obstacle = plane.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle);
        Map<String, TokenIssuer> issuers =
                Map.of("a", TokenIssuer.create("a"), "b", TokenIssuer.create("b"), "stranger", TokenIssuer.create("a"));
        List<FieldRow> rows = FieldRow.read(file, mesh).stream()
                .map(row -> row.with("KEYS-A", issuers.get("a").keys())
                        .with("KEYS-B", issuers.get("b").keys()))
                .toList();
        Upstream http = Upstream.echo();
        TcpEcho tcp = TcpEcho.start();
        FieldWire wire = new FieldWire(new Identities(Files.createTempDirectory("fields-")), issuers);
        return new FieldTable(rows, http, tcp, FieldProxy.start(plane, rows, wire, http.port(), tcp.port(), more));
    }

    /// Name and place of each row, for parameters of a test.
    static Stream<Arguments> fields(String file) throws IOException {
        List<FieldRow> all = FieldRow.read(file, "");
        return IntStream.range(0, all.size())
                .mapToObj(index -> Arguments.of(all.get(index).field(), index));
    }

    void check(int index) throws Exception {
        proxy.check(rows.get(index), index);
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        http.close();
        tcp.close();
    }
}
