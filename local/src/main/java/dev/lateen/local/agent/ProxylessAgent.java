package dev.lateen.local.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.bootstrap.IdentityConfig;
import dev.lateen.proxy.bootstrap.IstioEnvironment;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.control.DiscoveryStreams;
import dev.lateen.proxy.control.IdentityDuty;
import dev.lateen.proxy.control.KnownRoots;
import dev.lateen.xds.client.AdsTransport;
import dev.lateen.xds.server.UnixGrpcListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/// The agent of an application whose gRPC library speaks xDS, without a proxy: it keeps the workload's
/// certificate in files, hands discovery on from a socket file, and writes the library's bootstrap, which
/// names both.
///
/// Files are below the working directory unless the environment says otherwise: the bootstrap in
/// `etc/istio/proxy/grpc-bootstrap.json` (`GRPC_XDS_BOOTSTRAP`), certificates in `var/lib/istio/data`
/// (`OUTPUT_CERTS`).
///
/// Thread: `start` and `await` main; `shutdown` any.
public final class ProxylessAgent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ProxylessAgent.class.getName());
    private static final String GENERATOR = "ISTIO_META_GENERATOR";
    private static final String BOOTSTRAP = "GRPC_XDS_BOOTSTRAP";
    private static final String CERTIFICATES = "OUTPUT_CERTS";
    private static final int MAX_REQUEST_BYTES = 8 << 20;
    /// Of an address of the system's sockets, with its end.
    private static final int LONGEST_SOCKET = 107;

    private final EventLoops loops = EventLoops.create("agent", 1);
    private final CertificateFiles files;
    private final UnixGrpcListener socket;
    private final Optional<Path> temporary;
    private final HttpServer status;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean certified;

    private ProxylessAgent(Map<String, String> environment, Path root, BootstrapConfig config) throws IOException {
        boolean pod = environment.containsKey("KUBERNETES_SERVICE_HOST");
        this.files =
                new CertificateFiles(root.resolve(environment.getOrDefault(CERTIFICATES, "var/lib/istio/data")), pod);
        Path bootstrap = root.resolve(environment.getOrDefault(BOOTSTRAP, "etc/istio/proxy/grpc-bootstrap.json"))
                .toAbsolutePath();
        Path directory = Optional.ofNullable(bootstrap.getParent()).orElse(bootstrap);
        Files.createDirectories(directory);
        // In a directory of our own: we may not close a volume to others.
        Path wanted = directory.resolve("agent").resolve("XDS");
        this.temporary = wanted.toString().length() < LONGEST_SOCKET
                ? Optional.empty()
                : Optional.of(Files.createTempDirectory("lateen-xds"));
        Path file = temporary.map(elsewhere -> elsewhere.resolve("XDS")).orElse(wanted);
        IdentityConfig identity = config.identity().orElseThrow();
        KnownRoots known = KnownRoots.of(identity);
        IdentityDuty duty = new IdentityDuty(
                identity,
                loops,
                known,
                (certificate, _) -> keep(certificate),
                Clock.systemUTC(),
                new SplittableRandom());
        AdsTransport controlPlane = switch (config.discovery().orElseThrow().target()) {
            case DiscoveryConfig.Target.Server(var address) ->
                DiscoveryStreams.of(loops, address, known, duty::certificate);
            case DiscoveryConfig.Target.StaticCluster _ ->
                throw new IllegalArgumentException("discoveryAddress: an address is expected");
        };
        this.socket = UnixGrpcListener.start(
                file,
                List.of(new DiscoveryRelay(controlPlane, loops.at(0)).definition()),
                MAX_REQUEST_BYTES,
                pod ? UnixGrpcListener.Access.ALL_OF_POD : UnixGrpcListener.Access.SAME_USER);
        write(bootstrap, GrpcBootstrap.json(config.node(), file, files));
        this.status = serveStatus(config);
        duty.start();
        LOG.log(System.Logger.Level.INFO, "gRPC applications find their bootstrap in {0}", bootstrap);
    }

    /// Whether the environment asks for this agent instead of a proxy.
    public static boolean isAsked(Map<String, String> environment) {
        return environment.getOrDefault(GENERATOR, "").equals("grpc");
    }

    /// Starts everything; returns when the bootstrap is there. Certificates come when the control plane has
    /// signed.
    ///
    /// @param root the directory below which Istio's files are mounted
    /// @throws IOException where a port or a file refuses
    /// @throws IllegalArgumentException where the environment is wrong; the message says what
    public static ProxylessAgent start(Map<String, String> environment, Path root) throws IOException {
        return switch (IstioEnvironment.read(environment, false, root)) {
            case Decoded.Ok<BootstrapConfig>(BootstrapConfig config) -> new ProxylessAgent(environment, root, config);
            case Decoded.Rejected<BootstrapConfig>(String reason) -> throw new IllegalArgumentException(reason);
        };
    }

    private void keep(WorkloadCertificate certificate) {
        try {
            files.write(certificate);
            certified = true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "the certificate cannot be written: {0}", e.toString());
        }
    }

    /// Whole or not at all.
    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private HttpServer serveStatus(BootstrapConfig config) throws IOException {
        InetSocketAddress address = config.agent().stream()
                .map(InetSocketAddress.class::cast)
                .filter(one -> one.getPort() == AppMetrics.STATUS_PORT)
                .findFirst()
                .orElseThrow();
        try {
            HttpServer server = HttpServer.create(address, 0);
            server.createContext("/healthz/ready", this::ready);
            server.start();
            return server;
        } catch (IOException e) {
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    private void ready(HttpExchange exchange) throws IOException {
        byte[] reason = (certified ? "" : "no certificate has come yet\n").getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(certified ? 200 : 503, certified ? -1 : reason.length);
            if (!certified) {
                exchange.getResponseBody().write(reason);
            }
        }
    }

    /// Waits for the end.
    public void await() throws InterruptedException {
        ended.await();
    }

    /// Ends; what it wrote stays for the application that may outlive it.
    ///
    /// @return whether this call did it
    public synchronized boolean shutdown() {
        if (ended.getCount() == 0) {
            return false;
        }
        close();
        return true;
    }

    @Override
    public void close() {
        status.stop(0);
        try {
            socket.close();
            if (temporary.isPresent()) {
                Files.deleteIfExists(temporary.get());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the socket file stays: {0}", e.getMessage());
        }
        loops.close();
        ended.countDown();
    }
}
