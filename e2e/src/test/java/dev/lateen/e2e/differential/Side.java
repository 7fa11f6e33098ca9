package dev.lateen.e2e.differential;

import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.Reply;
import dev.lateen.e2e.behaviour.RunningProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One proxy with many configurations, each on a listener of its own, and the servers behind it.
///
/// Thread: any; an instance of [Client] has one.
final class Side implements AutoCloseable {
    private static final String HEAP = "256m";
    static final String LOG_FORMAT = String.join(
                    "\\t",
                    "%REQ(X-CASE)%",
                    "%RESPONSE_CODE%",
                    "%RESPONSE_FLAGS%",
                    "%RESPONSE_CODE_DETAILS%",
                    "%ROUTE_NAME%",
                    "%UPSTREAM_CLUSTER_RAW%",
                    "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
                    "%REQ(:AUTHORITY)%",
                    "%BYTES_RECEIVED%",
                    "%BYTES_SENT%",
                    "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%")
            + "\\n";

    private final Recorder recorder;
    private final RunningProxy proxy;
    private final Path log;

    private Side(Recorder recorder, RunningProxy proxy, Path log) {
        this.recorder = recorder;
        this.proxy = proxy;
        this.log = log;
    }

    /// Listeners `t0`, `t1`, ….
    static Side start(DataPlane plane, List<RouteTables.Table> tables) throws IOException, InterruptedException {
        Recorder recorder = new Recorder(List.of("red", "green", "blue", "shadow"));
        Path log = Files.createTempFile("differential-", ".log");
        Bootstrap bootstrap = new Bootstrap().alsoLog("""
                {name: envoy.access_loggers.file, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s",
                  log_format: {text_format_source: {inline_string: "%s"}}}}""".formatted(log, LOG_FORMAT));
        for (String name : List.of("red", "green", "blue", "shadow")) {
            bootstrap.cluster(name, recorder.port(name));
        }
        for (int i = 0; i < tables.size(); i++) {
            bootstrap.httpHosts(
                    "t" + i,
                    tables.get(i).fields(),
                    RouteTables.FILTERS,
                    tables.get(i).hosts());
        }
        return new Side(recorder, plane.start(bootstrap, HEAP), log);
    }

    Client client(int table) {
        return new Client(proxy.port("t" + table));
    }

    Map<String, List<String>> seen() {
        return recorder.seen();
    }

    /// The line about each call.
    Map<String, String> logged() throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            // A cluster that is missing has its name in our log, none in Envoy's.
            lines.put(line.substring(0, line.indexOf('\t')), line.replaceAll("\t(missing|nowhere)\t", "\t-\t"));
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        recorder.close();
        Files.delete(log);
    }

    /// A client that keeps its connection for as long as the proxy does.
    static final class Client implements AutoCloseable {
        private static final int TIMEOUT_MILLIS = 30_000;
        private final int port;
        private Socket socket;

        private Client(int port) {
            this.port = port;
            this.socket = new Socket();
        }

        /// What came back, or that the connection ended instead.
        String call(Calls.Call call) throws IOException {
            if (!socket.isConnected()) {
                socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.setTcpNoDelay(true);
            }
            try {
                socket.getOutputStream().write(call.text().getBytes(StandardCharsets.ISO_8859_1));
                Reply reply = Reply.read(socket.getInputStream(), call.method());
                if (reply.field("connection").equals("close")) {
                    close();
                }
                return Message.normal(reply);
            } catch (java.net.SocketTimeoutException e) {
                throw e;
            } catch (IOException _) {
                close();
                return "the connection ended";
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
            socket = new Socket();
        }
    }
}
