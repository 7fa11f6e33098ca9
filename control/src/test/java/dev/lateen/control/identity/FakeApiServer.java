package dev.lateen.control.identity;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.SigningResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An HTTPS server that answers as a Kubernetes API server does, as far as identities go: token reviews, and requests
/// for certificates, which its signer signs once they are approved.
final class FakeApiServer implements AutoCloseable {
    static final String TOKEN = "the control plane's";
    static final String SIGNER = "lateen.test/mesh";
    private static final JsonMapper JSON = new JsonMapper();

    /// Tokens, and the status that reviews of them have.
    final Map<String, String> reviews = new ConcurrentHashMap<>();
    /// What was asked, as `METHOD path`.
    final List<String> asked = new CopyOnWriteArrayList<>();
    /// Why the signer fails; empty where it signs.
    volatile String refusal = "";

    final CertificateAuthority signer;
    private final Map<String, ObjectNode> requests = new ConcurrentHashMap<>();
    private final HttpsServer server;
    private final Path directory;

    FakeApiServer(Path directory) throws IOException, GeneralSecurityException {
        this.directory = directory;
        CertificateAuthority own = CertificateAuthority.open(
                directory.resolve("api"), AuthoritySettings.of("cluster.local"), InstantSource.system());
        this.signer = CertificateAuthority.open(
                directory.resolve("signer"), AuthoritySettings.of("cluster.local"), InstantSource.system());
        Files.writeString(directory.resolve("api-ca.pem"), own.rootsPem());
        Files.writeString(directory.resolve("signer-roots.pem"), signer.rootsPem());
        Files.writeString(directory.resolve("api-token"), TOKEN + "\n");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(context(own)));
        server.createContext("/", this::handle);
        server.start();
    }

    private static SSLContext context(CertificateAuthority authority) throws GeneralSecurityException, IOException {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        List<X509Certificate> chain = authority.issueServer(
                keys.getPublic(),
                List.of("127.0.0.1", "localhost"),
                new SpiffeId("cluster.local", "kube-system", "api"),
                Duration.ofHours(1));
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("own", keys.getPrivate(), new char[0], chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    ApiServer client() {
        return new ApiServer(
                URI.create("https://127.0.0.1:" + server.getAddress().getPort()),
                directory.resolve("api-ca.pem"),
                directory.resolve("api-token"));
    }

    Path signerRoots() {
        return directory.resolve("signer-roots.pem");
    }

    int open() {
        return requests.size();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(exchange.getRequestMethod() + " " + path.replaceAll("csr-workload-[0-9a-f]+", "NAME"));
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("authorization"))) {
            answer(exchange, 401, JSON.createObjectNode().put("message", "Unauthorized"));
        } else if (path.endsWith("/tokenreviews")) {
            review(exchange, JSON.readTree(body));
        } else {
            certificate(exchange, path, body);
        }
    }

    private void review(HttpExchange exchange, JsonNode review) throws IOException {
        String status =
                reviews.getOrDefault(review.path("spec").path("token").asString(""), "{\"error\": \"unknown token\"}");
        ObjectNode answer = JSON.createObjectNode();
        answer.set("status", JSON.readTree(status));
        answer(exchange, 201, answer);
    }

    private void certificate(HttpExchange exchange, String path, byte[] body) throws IOException {
        String name = path.replaceAll(".*/certificatesigningrequests/?", "").replaceAll("/.*", "");
        switch (exchange.getRequestMethod()) {
            case "POST" -> {
                ObjectNode made = (ObjectNode) JSON.readTree(body);
                requests.put(made.path("metadata").path("name").asString(""), made);
                answer(exchange, 201, made);
            }
            case "PUT" -> {
                ObjectNode approved = (ObjectNode) JSON.readTree(body);
                requests.put(name, approved);
                decide(approved);
                answer(exchange, 200, approved);
            }
            case "DELETE" -> {
                requests.remove(name);
                answer(exchange, 200, JSON.createObjectNode());
            }
            default -> answer(exchange, 200, requests.get(name));
        }
    }

    private void decide(ObjectNode request) {
        JsonNode condition = request.path("status").path("conditions").path(0);
        ObjectNode status = (ObjectNode) request.path("status");
        if (!refusal.isEmpty()) {
            status.putArray("conditions").addObject().put("type", "Failed").put("message", refusal);
        } else if (condition.path("type").asString("").equals("Approved")
                && request.path("spec").path("signerName").asString("").equals(SIGNER)) {
            String csr = new String(
                    Base64.getDecoder()
                            .decode(request.path("spec").path("request").asString("")),
                    StandardCharsets.US_ASCII);
            String who = condition.path("message").asString("").replaceAll(".*(spiffe://)", "$1");
            status.put("certificate", Base64.getEncoder().encodeToString(signed(csr, who)));
        }
    }

    private byte[] signed(String csr, String who) {
        SpiffeId id = SpiffeId.parse(who).orElseThrow();
        return switch (signer.sign(csr, id, Duration.ofHours(1), "csr")) {
            case SigningResult.Signed(var chain, var _) -> {
                List<X509Certificate> links = new ArrayList<>(chain);
                links.removeLast();
                yield Pem.encode(links).getBytes(StandardCharsets.US_ASCII);
            }
            case SigningResult.Refused(var reason) -> throw new IllegalStateException(reason);
            case SigningResult.Failed(var reason) -> throw new IllegalStateException(reason);
        };
    }

    static String csr(KeyPair keys, SpiffeId id) {
        return CertificateRequest.create(keys, id).pem();
    }

    private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
        try (exchange) {
            byte[] bytes = JSON.writeValueAsBytes(body);
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
