package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.grpc.Library;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Applications without a proxy, with `lateen agent` beside them, in one mesh with others that have a sidecar: all
/// speak mutual TLS to each other, and policies hold at servers without a proxy too.
final class ProxylessMeshIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PROXYLESS = ", inject.istio.io/templates: grpc-agent";
    private static final String OUTSIDE = ", sidecar.istio.io/inject: \"false\"";
    private static final String RULES = """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: istio-system}
            spec: {mtls: {mode: STRICT}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: without, namespace: default}
            spec: {host: without-grpc, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: with, namespace: default}
            spec: {host: with-grpc, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: without, namespace: default}
            spec:
              selector: {matchLabels: {app: without}}
              action: DENY
              rules:
              - from: [{source: {principals: ["cluster.local/ns/default/sa/caller"]}}]
                when: [{key: "request.headers[x-secret]", values: ["yes"]}]
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: open, namespace: default}
            spec: {selector: {matchLabels: {app: open}}, mtls: {mode: DISABLE}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({"lateen, JAVA", "lateen, GO", "envoy, JAVA", "envoy, GO"})
    void speaksMutualTlsWithAndWithoutProxies(String proxy, Library library) throws IOException {
        RunningMesh.assumeAsked("transparent", proxy);
        library.assumeAsked();
        String xds = ", {name: GRPC_XDS, value: \"true\"}";
        String manifests = RULES
                + RunningMesh.workload("without", peer(library), PROXYLESS, xds + serving(7071))
                + service("without", 7071)
                + RunningMesh.workload("with", peer(Library.JAVA), "", serving(7072))
                + service("with", 7072)
                + RunningMesh.workload("open", peer(library), PROXYLESS, xds + serving(7073))
                + service("open", 7073)
                + RunningMesh.workload("caller", peer(library), PROXYLESS, xds)
                + RunningMesh.workload("sidecar", peer(Library.JAVA), "", "")
                + RunningMesh.workload("stranger", peer(Library.JAVA), OUTSIDE, "")
                + RunningMesh.gateway("caller", "sidecar", "stranger");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "transparent", "--proxy", proxy)) {
            // From nobody's proxy to nobody's proxy.
            answers(mesh, "caller", "xds:///without-grpc.default.svc.cluster.local:7070", "without " + id("caller"));
            answers(mesh, "caller", "xds:///without-grpc:7070", "without " + id("caller"));
            // To one behind a sidecar, which ends TLS for it.
            answers(mesh, "caller", "xds:///with-grpc:7070", "with -");
            // From one behind a sidecar.
            answers(mesh, "sidecar", "dns:///without-grpc:7070", "without " + id("sidecar"));
            answers(mesh, "sidecar", "dns:///with-grpc:7070", "with -");

            assertThat(call(mesh, "caller", "xds:///without-grpc:7070", "&h=x-secret:yes"))
                    .startsWith("1 PERMISSION_DENIED");
            assertThat(call(mesh, "sidecar", "dns:///without-grpc:7070", "&h=x-secret:yes"))
                    .startsWith("1 without " + id("sidecar"));
            // Who has no certificate is let in only where that is allowed.
            answers(mesh, "caller", "xds:///open-grpc:7070", "open -");
            answers(mesh, "stranger", "dns:///" + address(mesh, "open") + ":7073", "open -");
            assertThat(call(mesh, "stranger", "dns:///" + address(mesh, "without") + ":7071", ""))
                    .startsWith("1 UNAVAILABLE");
            assertThat(call(mesh, "stranger", "dns:///" + address(mesh, "with") + ":7072", ""))
                    .startsWith("1 UNAVAILABLE");
            assertThatThrownBy(() -> greetWithoutCertificate(address(mesh, "without"), 7071))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("certificate");
        }
    }

    private static String id(String account) {
        return "spiffe://cluster.local/ns/default/sa/" + account;
    }

    private static void answers(RunningMesh mesh, String caller, String target, String answer) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(call(mesh, caller, target, "")).startsWith("1 " + answer));
    }

    private static String call(RunningMesh mesh, String caller, String target, String more) {
        return mesh.ask(caller, "/call?millis=5000&target=" + target + more, "");
    }

    /// Of the workload's only pod.
    private static String address(RunningMesh mesh, String workload) {
        return mesh.said(Pattern.compile("\\b" + workload + "-\\S+: ready at ([0-9.]+)"))
                .group(1);
    }

    /// TLS as a stranger speaks it, who believes everybody and has nothing to show.
    private static void greetWithoutCertificate(String host, int port) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Credulous()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(5_000);
            socket.startHandshake();
            int first = socket.getInputStream().read();
            throw new IOException("the server says something: " + first);
        }
    }

    private static final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static String serving(int port) {
        return ", {name: GRPC_PORT, value: \"" + port + "\"}";
    }

    private static String service(String name, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s-grpc, namespace: default}
                spec:
                  selector: {app: %1$s}
                  ports: [{name: grpc, port: 7070, targetPort: %2$d}]
                ---
                """.formatted(name, port);
    }

    /// The arguments in a file: the class path is longer than a manifest should be.
    private String peer(Library library) throws IOException {
        List<String> words = library.peer();
        Path arguments = directory.resolve(library + ".args");
        Files.write(arguments, words.subList(1, words.size()));
        return words.getFirst() + (library == Library.JAVA ? " @" + arguments : "");
    }
}
