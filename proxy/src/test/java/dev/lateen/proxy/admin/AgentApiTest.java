package dev.lateen.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.telemetry.Stats;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the control plane alone may ask.
final class AgentApiTest {
    private static final Map<String, List<String>> SECRETS = Map.of("resource", List.of("dynamic_active_secrets"));

    private final EventLoops loops = EventLoops.create("chores", 1);
    private final AgentApi api = new AgentApi(
            new SilentBackend(List.of(secret()), Runnable::run, () -> {}),
            new Stats(),
            new Decisions(List.of(), "proxy", 0),
            AppProber.of(Map.of(), loops),
            Optional.empty());

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void tellsNobodyElseOfSecretsAndLogs() {
        assertThat(ask("GET", "/config_dump", SECRETS, false).status()).isEqualTo(403);
        assertThat(ask("POST", "/logging", Map.of(), false).status()).isEqualTo(403);
    }

    @Test
    void showsSecretsWithoutKeysAndNothingElseOfTheDump() {
        AdminReply secrets = ask("GET", "/config_dump", SECRETS, true);
        assertThat(secrets.status()).isEqualTo(200);
        assertThat(secrets.body()).contains("public part").doesNotContain("TOP SECRET");
        assertThat(ask("GET", "/config_dump", Map.of(), true).status()).isEqualTo(404);
        assertThat(ask("GET", "/config_dump", Map.of("resource", List.of("dynamic_listeners")), true)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void changesWhatIsLogged() {
        Map<String, List<String>> wish = Map.of("dev.lateen.test.logged", List.of("debug"));
        assertThat(ask("GET", "/logging", wish, true).status()).isEqualTo(405);
        assertThat(ask("POST", "/logging", wish, true).body()).contains("  dev.lateen.test.logged: debug\n");
    }

    private AdminReply ask(String method, String path, Map<String, List<String>> query, boolean proven) {
        List<AdminReply> replies = new ArrayList<>();
        api.handle(
                new AdminRequest(method, path, query, "", "", new AdminRequest.Sender(false, true, false, proven)),
                replies::add);
        return replies.getFirst();
    }

    private static AdminBackend.Accepted secret() {
        Secret secret = Secret.newBuilder()
                .setName("default")
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setPrivateKey(DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8("TOP SECRET")))
                        .setCertificateChain(DataSource.newBuilder().setInlineString("public part")))
                .build();
        return new AdminBackend.Accepted("default", "1", Any.pack(secret), Instant.EPOCH, false);
    }
}
