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

    private final DataPlane plane;
    private final Configuration configuration;
    private final Recorder recorder;
    private final RunningProxy proxy;
    private final Path log;
    private final Wire wire;

    private Side(
            DataPlane plane, Configuration configuration, Wire wire, Recorder recorder, RunningProxy proxy, Path log) {
        this.wire = wire;
        this.plane = plane;
        this.configuration = configuration;
        this.recorder = recorder;
        this.proxy = proxy;
        this.log = log;
    }

    /// What a proxy is to do, and how to reach it.
    interface Configuration {
        int size();

        /// @param servers named as in [RouteTables#SERVERS]
        /// @param log where lines of [#LOG_FORMAT] go
        Bootstrap bootstrap(DataPlane plane, Recorder servers, Path log) throws IOException;

        /// Where a table's listener is.
        int port(int table, DataPlane plane, RunningProxy proxy);

        /// For whoever looks at a difference.
        String text(int table);
    }

    static Side start(DataPlane plane, Configuration configuration, Wire wire)
            throws IOException, InterruptedException {
        Recorder recorder = new Recorder(RouteTables.SERVERS, wire);
        Path log = Files.createTempFile("differential-", ".log");
        RunningProxy proxy = plane.start(configuration.bootstrap(plane, recorder, log), HEAP);
        return new Side(plane, configuration, wire, recorder, proxy, log);
    }

    Client client(int table) {
        int port = configuration.port(table, plane, proxy);
        return switch (wire) {
            case HTTP1 -> new Http1Client(port);
            case HTTP2 -> new Http2Client(port);
        };
    }

    Map<String, List<String>> seen() {
        return recorder.seen();
    }

    /// The line about each call.
    Map<String, String> logged() throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            // A cluster that is missing has its name in our log, none in Envoy's.
            String[] fields = line.split("\t");
            if (fields[5].matches(".*(missing|nowhere|v9).*")) {
                fields[5] = "-";
            }
            lines.put(fields[0], String.join("\t", fields));
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
    interface Client extends AutoCloseable {
        /// What came back, or that the connection ended instead.
        String call(Calls.Call call) throws IOException;

        @Override
        void close() throws IOException;
    }

    private static final class Http1Client implements Client {
        private static final int TIMEOUT_MILLIS = 30_000;
        private final int port;
        private Socket socket;

        private Http1Client(int port) {
            this.port = port;
            this.socket = new Socket();
        }

        @Override
        public String call(Calls.Call call) throws IOException {
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
