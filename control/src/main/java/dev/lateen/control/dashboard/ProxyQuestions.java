package dev.lateen.control.dashboard;

import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.identity.SpiffeId;
import dev.lateen.xds.server.GrpcListener.Tls;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

/// Asks proxies what became of requests, at the port where they show their numbers: with the control plane's own
/// certificate, for which alone they answer, and only whoever has the identity that the proxy has proved on its stream.
/// A proxy of this machine, or the agent beside an Envoy of this machine, is asked at its admin API where it does not
/// answer so.
///
/// Limits: 4 MiB and 4 s for each answer.
///
/// Thread: any; blocks.
final class ProxyQuestions {
    private static final JsonMapper JSON = new JsonMapper();
    private static final MetricsPage PAGE = new MetricsPage(4 << 20, Duration.ofSeconds(2));
    /// Our proxy's admin API, then the agent beside Envoy.
    private static final List<Integer> PORTS = List.of(15000, 15020);

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
        String path = "/decisions?" + query;
        if (proxy.connection().peer().proof() instanceof TokenVerdict.Known(SpiffeId id, var _)) {
            URI secure = URI.create("https://" + numbers.getAuthority() + path);
            Optional<JsonNode> answer = read(secure, id);
            if (answer.isPresent()) {
                return answer;
            }
        }
        for (int port : PORTS) {
            Optional<JsonNode> answer = read(URI.create("http://" + numbers.getHost() + ":" + port + path), null);
            if (answer.isPresent()) {
                return answer;
            }
        }
        return Optional.empty();
    }

    private Optional<JsonNode> read(URI address, @Nullable SpiffeId expected) {
        try {
            return PAGE.read(address, connection -> prepare(connection, expected))
                    .map(JSON::readTree);
        } catch (IOException | JacksonException _) {
            return Optional.empty(); // Envoy's own admin API has no such page.
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
