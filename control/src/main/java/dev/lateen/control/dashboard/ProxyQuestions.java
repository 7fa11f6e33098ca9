package dev.lateen.control.dashboard;

import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.identity.SpiffeId;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.xds.server.GrpcListener.Tls;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks proxies what became of requests, which certificates they hold and what they log, at the port where they show
/// their numbers: with the control plane's own certificate, for which alone they answer, and only whoever has the
/// identity that the proxy has proved on its stream. A proxy of this machine, or the agent beside an Envoy of this
/// machine, is asked at its admin API.
///
/// Limits: 4 MiB and 4 s for each answer; who has let us wait for 2 s is asked at no further port.
///
/// Thread: any; blocks.
final class ProxyQuestions {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final MetricsPage PAGE = new MetricsPage(4 << 20, PATIENCE);
    /// The admin API, Envoy's or ours.
    private static final List<Integer> ADMIN_PORTS = List.of(15000);
    /// Our proxy's admin API, then the agent beside Envoy.
    private static final List<Integer> DECISION_PORTS = List.of(15000, 15020);

    private final SSLSocketFactory sockets;

    /// @param own how the control plane proves who it is, and whom it believes
    /// @throws IOException where this JVM has no TLS
    ProxyQuestions(Tls own) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {own.keys()}, new TrustManager[] {own.trust()}, null);
            this.sockets = context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("questions to proxies: " + e.getMessage(), e);
        }
    }

    /// @param numbers where the proxy shows them
    /// @param query of `/decisions`
    Optional<JsonNode> decisions(ConnectedProxy proxy, URI numbers, String query) {
        return ask(
                proxy,
                numbers,
                new Question<>("GET", "/decisions?" + query, DECISION_PORTS, false, ProxyQuestions::json));
    }

    /// The part of the proxy's config dump that holds its certificates and whom it believes; keys are not in it.
    ///
    /// @param numbers where the proxy shows them
    Optional<JsonNode> secrets(ConnectedProxy proxy, URI numbers) {
        return ask(
                proxy,
                numbers,
                new Question<>(
                        "GET",
                        "/config_dump?resource=dynamic_active_secrets",
                        ADMIN_PORTS,
                        true,
                        ProxyQuestions::json));
    }

    /// Its loggers and their levels, as Envoy's admin API lists them, after a change where one is asked for.
    ///
    /// @param numbers where the proxy shows them
    /// @param query of `/logging`; empty to change nothing
    Optional<String> logging(ConnectedProxy proxy, URI numbers, String query) {
        String path = "/logging" + (query.isEmpty() ? "" : "?" + query);
        return ask(proxy, numbers, new Question<>("POST", path, ADMIN_PORTS, true, ProxyQuestions::loggers));
    }

    /// @param ports to ask at on this machine
    /// @param reader of an answer; empty where it is none
    /// @param sensitive another than the proxy must not answer in its name
    private record Question<T>(
            String method, String path, List<Integer> ports, boolean sensitive, Function<String, Optional<T>> reader) {}

    private <T> Optional<T> ask(ConnectedProxy proxy, URI numbers, Question<T> question) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        if (isHere(numbers.getHost())) {
            Optional<T> answer = plain(numbers, question, deadline);
            if (answer.isPresent()) {
                return answer;
            }
        }
        // The agent beside Envoy would take the beginning of TLS for a line that never ends.
        boolean speaksTls = proxy.node().metadata().dataPlane() != DataPlane.UPSTREAM_ENVOY;
        if (speaksTls && proxy.connection().peer().proof() instanceof TokenVerdict.Known(SpiffeId id, var _)) {
            URI secure = URI.create("https://" + numbers.getAuthority() + question.path());
            Optional<T> answer = read(secure, question, id);
            if (answer.isPresent()) {
                return answer;
            }
        }
        return isHere(numbers.getHost()) || question.sensitive()
                ? Optional.empty()
                : plain(numbers, question, deadline);
    }

    private static boolean isHere(String host) {
        return host.startsWith("127.") || host.equals("[::1]");
    }

    private <T> Optional<T> plain(URI numbers, Question<T> question, long deadline) {
        for (int port : question.ports()) {
            if (System.nanoTime() > deadline) {
                return Optional.empty();
            }
            URI plain = URI.create("http://" + numbers.getHost() + ":" + port + question.path());
            Optional<T> answer = read(plain, question, null);
            if (answer.isPresent()) {
                return answer;
            }
        }
        return Optional.empty();
    }

    private <T> Optional<T> read(URI address, Question<T> question, @Nullable SpiffeId expected) {
        try {
            return PAGE.read(address, connection -> {
                        method(connection, question.method());
                        prepare(connection, expected);
                    })
                    .flatMap(question.reader());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static void method(HttpURLConnection connection, String method) {
        // One question, one connection: the next one may be another minute's.
        connection.setRequestProperty("connection", "close");
        try {
            connection.setRequestMethod(method);
        } catch (ProtocolException e) {
            throw new IllegalArgumentException("no method of HTTP: " + method, e);
        }
    }

    /// Empty where the answer lists no loggers.
    private static Optional<String> loggers(String text) {
        return Optional.of(text).filter(one -> one.startsWith("active loggers:"));
    }

    /// Empty where it is none: Envoy's own admin API has not all pages, and a workload may answer in its place.
    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private void prepare(HttpURLConnection connection, @Nullable SpiffeId expected) {
        if (connection instanceof HttpsURLConnection secure && expected != null) {
            secure.setSSLSocketFactory(sockets);
            secure.setHostnameVerifier((_, session) -> isOf(session, expected));
        }
    }

    /// Whoever may have the address now: the answer has to come from the workload that was meant.
    private static boolean isOf(SSLSession session, SpiffeId expected) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate leaf
                    && SpiffeId.of(leaf).equals(Optional.of(expected));
        } catch (SSLPeerUnverifiedException _) {
            return false;
        }
    }
}
