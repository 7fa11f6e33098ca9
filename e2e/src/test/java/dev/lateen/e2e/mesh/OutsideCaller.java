package dev.lateen.e2e.mesh;

import static org.awaitility.Awaitility.await;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.SigningResult;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody with a certificate who calls a sidecar without one of its own.
final class OutsideCaller {
    private static final Duration ANNOUNCED = Duration.ofSeconds(60);

    private final KeyPair keys;
    private final List<X509Certificate> chain;

    private OutsideCaller(KeyPair keys, List<X509Certificate> chain) {
        this.keys = keys;
        this.chain = chain;
    }

    /// @param by who signs, whatever the name
    static OutsideCaller of(CertificateAuthority by, SpiffeId id) {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        SigningResult signed = by.sign(CertificateRequest.create(keys, id).pem(), id, Duration.ofHours(1), "the test");
        return new OutsideCaller(keys, ((SigningResult.Signed) signed).chain());
    }

    /// One without a certificate.
    static OutsideCaller nobody() {
        return new OutsideCaller(WorkloadKeys.EC_P256.generate(), List.of());
    }

    /// One with a certificate as servers of the control plane have it.
    static OutsideCaller named(CertificateAuthority by, String dnsName, SpiffeId id) {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        return new OutsideCaller(keys, by.issueServer(keys.getPublic(), List.of(dnsName), id, Duration.ofHours(1)));
    }

    /// A copy of a mesh's authority, since its files are its own.
    static CertificateAuthority authorityOf(RunningMesh mesh, String trustDomain, Path copy) throws IOException {
        Files.createDirectories(copy);
        for (String name : List.of("ca-cert.pem", "ca-key.pem", "root-cert.pem")) {
            Files.copy(mesh.home().resolve("control-plane").resolve("ca").resolve(name), copy.resolve(name));
        }
        return CertificateAuthority.open(copy, AuthoritySettings.of(trustDomain), InstantSource.system());
    }

    /// Where the sidecar of a service account listens, once the control plane has heard of it.
    static InetSocketAddress address(RunningMesh mesh, String account) {
        return await().atMost(ANNOUNCED)
                .until(() -> announced(mesh, account), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<InetSocketAddress> announced(RunningMesh mesh, String account)
            throws IOException, InterruptedException {
        String json = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + mesh.debugAddress() + "/debug/endpointz"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        for (JsonNode service : new JsonMapper().readTree(json)) {
            for (JsonNode endpoint : service.path("ep")) {
                if (endpoint.path("serviceAccount").asString("").equals(account)) {
                    return Optional.of(new InetSocketAddress(
                            endpoint.path("address").asString(),
                            endpoint.path("port").asInt()));
                }
            }
        }
        return Optional.empty();
    }

    BigInteger serial() {
        return chain.getFirst().getSerialNumber();
    }

    /// The first words of the answer and the kind of the server's key, or why there is none.
    String call(InetSocketAddress to) throws GeneralSecurityException {
        return call(to, new SSLParameters());
    }

    /// @param serials is told the number of the server's certificate
    String call(InetSocketAddress to, Consumer<String> serials) throws GeneralSecurityException {
        return call(to, "/", new SSLParameters(), serials);
    }

    /// @param wishes of suites, versions and groups
    String call(InetSocketAddress to, SSLParameters wishes) throws GeneralSecurityException {
        return call(to, "/", wishes, _ -> {});
    }

    /// The same of another path.
    String call(InetSocketAddress to, String path) throws GeneralSecurityException {
        return call(to, path, new SSLParameters(), _ -> {});
    }

    private String call(InetSocketAddress to, String path, SSLParameters wishes, Consumer<String> serials)
            throws GeneralSecurityException {
        try (SSLSocket socket = (SSLSocket) tls().getSocketFactory().createSocket()) {
            socket.setSSLParameters(wishes);
            socket.connect(to, 10_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nhost: server\r\nconnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);
            if (socket.getSession().getPeerCertificates()[0] instanceof X509Certificate server) {
                serials.accept(server.getSerialNumber().toString());
            }
            return answer.length == 0
                    ? "refused: closed"
                    : new String(answer, StandardCharsets.US_ASCII) + " from " + kind(socket);
        } catch (IOException refusal) {
            return "refused: " + refusal;
        }
    }

    private static String kind(SSLSocket socket) throws IOException {
        return socket.getSession().getPeerCertificates()[0].getPublicKey() instanceof RSAPublicKey key
                ? "RSA of " + key.getModulus().bitLength() + " bits"
                : "another key";
    }

    private SSLContext tls() throws GeneralSecurityException {
        SSLContext tls = SSLContext.getInstance("TLS");
        KeyManager[] shown = chain.isEmpty() ? new KeyManager[0] : new KeyManager[] {new Own(keys, chain)};
        tls.init(shown, new TrustManager[] {new Anybody()}, null);
        return tls;
    }

    /// Shows the one certificate, whichever authorities a server asks for.
    private static final class Own extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";

        private final KeyPair keys;
        private final List<X509Certificate> chain;

        Own(KeyPair keys, List<X509Certificate> chain) {
            this.keys = keys;
            this.chain = chain;
        }

        @Override
        public String[] getClientAliases(String kind, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String kind, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivate();
        }
    }

    /// The server's name is not what these calls are about.
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
