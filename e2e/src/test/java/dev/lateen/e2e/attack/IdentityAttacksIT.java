package dev.lateen.e2e.attack;

import static dev.lateen.e2e.attack.AttackedControlPlane.CREDENTIAL;
import static dev.lateen.e2e.attack.AttackedControlPlane.GATEWAY;
import static dev.lateen.e2e.attack.AttackedControlPlane.KEY_MARK;
import static dev.lateen.e2e.attack.AttackedControlPlane.USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.control.identity.JoinTokens;
import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.SigningResult;
import dev.lateen.xds.ResourceType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Callers of the control plane that want what is not theirs: certificates, configuration, keys.
class IdentityAttacksIT {
    /// Seconds after which nothing is expected to come.
    private static final int SILENCE = 3;
    private static final String USERS_NODE = "sidecar~10.9.0.1~user.shop~shop.svc.cluster.local";
    private static final String GATEWAYS_NODE = "router~10.9.0.2~gateway.istio-system~istio-system.svc.cluster.local";
    private static final Map<String, String> GATEWAYS_CLAIMS = Map.of("LABELS", "istio=ingressgateway");

    @TempDir
    private static Path directory;

    private static AttackedControlPlane control;

    @BeforeAll
    static void start() throws IOException {
        control = AttackedControlPlane.start(directory);
    }

    @AfterAll
    static void end() {
        control.close();
    }

    @AfterEach
    void servesOthers() throws IOException {
        control.assertUnharmed();
    }

    @Test
    void tellsNothingToWhoeverProvesNothing() throws IOException {
        double before = control.metric("lateen_refused_callers_total", "discovery");
        try (GrpcCaller stranger = control.stranger()) {
            assertThat(stranger.discover(USERS_NODE, Map.of()))
                    .isEqualTo("UNAUTHENTICATED neither a client certificate nor a bearer token");
            assertThat(stranger.refusalToSign(request(USER), "pod")).startsWith("UNAUTHENTICATED");
        }
        assertThat(control.metric("lateen_refused_callers_total", "discovery")).isGreaterThan(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b.c", "Bearer", "eyJhbGciOiJub25lIn0.e30.", "\u0041.\u0041.\u0041.\u0041"})
    void believesNoTokenThatIsNone(String token) throws IOException {
        try (GrpcCaller stranger = control.stranger()) {
            assertThat(stranger.with(token).refusalToSign(request(USER), "pod")).startsWith("UNAUTHENTICATED");
            assertThat(stranger.with(token).discover(USERS_NODE, Map.of())).startsWith("UNAUTHENTICATED");
        }
    }

    @Test
    void believesNoTokenWhoseClaimsWereChanged() throws IOException {
        String[] parts = control.token(USER).split("\\.", -1);
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String forged = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.replace(":user", ":root").getBytes(StandardCharsets.UTF_8));
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
        try (GrpcCaller stranger = control.stranger()) {
            for (String token : List.of(parts[0] + "." + forged + "." + parts[2], none + "." + forged + ".")) {
                assertThat(stranger.with(token)
                                .refusalToSign(request(new SpiffeId("cluster.local", "shop", "root")), ""))
                        .startsWith("UNAUTHENTICATED token: ");
            }
        }
    }

    @Test
    void believesNoTokenThatHasEnded() throws IOException {
        try (GrpcCaller stranger = control.stranger()) {
            assertThat(stranger.with(control.token(USER, "", Duration.ofMinutes(-5)))
                            .refusalToSign(request(USER), ""))
                    .startsWith("UNAUTHENTICATED token: expired at ");
        }
    }

    @Test
    void believesNoTokenOfAnotherControlPlane() throws IOException {
        String foreign = JoinTokens.open(directory.resolve("foreign-key"), "cluster.local", InstantSource.system())
                .issue("shop", "user", Duration.ofMinutes(5));
        try (GrpcCaller stranger = control.stranger()) {
            assertThat(stranger.with(foreign).refusalToSign(request(USER), ""))
                    .startsWith("UNAUTHENTICATED token: not one that this control plane issued");
        }
    }

    @Test
    void signsForNobodyElse() throws IOException {
        double before = control.metric("citadel_server_csr_parsing_err_count", "");
        try (GrpcCaller user = control.workload(USER)) {
            assertThat(user.refusalToSign(request(new SpiffeId("cluster.local", "shop", "bank")), ""))
                    .startsWith("INVALID_ARGUMENT")
                    .contains("sa/bank");
            assertThat(user.refusalToSign(request(GATEWAY), "")).startsWith("INVALID_ARGUMENT");
            assertThat(user.refusalToSign(request(new SpiffeId("two.example", "shop", "user")), ""))
                    .startsWith("INVALID_ARGUMENT");
        }
        assertThat(control.metric("citadel_server_csr_parsing_err_count", "")).isEqualTo(before + 3);
    }

    @Test
    void letsATokenOfOnePodServeNoOther() throws IOException {
        String token = control.token(USER, "user", Duration.ofMinutes(5));
        try (GrpcCaller stranger = control.stranger()) {
            assertThat(stranger.with(token).refusalToSign(request(USER), "other"))
                    .startsWith("UNAUTHENTICATED token: bound to pod user");
            assertThat(stranger.with(token).discover("sidecar~10.9.0.1~other.shop~shop.svc.cluster.local", Map.of()))
                    .startsWith("PERMISSION_DENIED")
                    .contains("bound to pod user");
            assertThat(stranger.with(token).discover(USERS_NODE, Map.of())).contains("outbound|80||user.shop");
        }
    }

    @Test
    void givesNobodyTheScopeOfAnotherNode() throws IOException {
        try (GrpcCaller user = control.workload(USER)) {
            assertThat(user.discover("sidecar~10.9.0.1~user.bank~bank.svc.cluster.local", Map.of()))
                    .startsWith("PERMISSION_DENIED")
                    .contains("bank");
            assertThat(user.discover(USERS_NODE, Map.of("NAMESPACE", "bank"))).startsWith("PERMISSION_DENIED");
            assertThat(user.discover(USERS_NODE, Map.of("SERVICE_ACCOUNT", "cart")))
                    .startsWith("PERMISSION_DENIED")
                    .contains("cart");
            assertThat(user.discover(GATEWAYS_NODE, GATEWAYS_CLAIMS)).startsWith("PERMISSION_DENIED");
            assertThat(user.discover("nonsense", Map.of())).startsWith("PERMISSION_DENIED");
            assertThat(user.discover("x".repeat(2_000), Map.of())).startsWith("INVALID_ARGUMENT");
        }
    }

    /// Who may have it, so that the others' silence says something.
    @Test
    void givesTheKeyOfAGatewayToTheGateway() throws IOException {
        try (GrpcCaller gateway = control.workload(GATEWAY)) {
            assertThat(gateway.ask(GATEWAYS_NODE, GATEWAYS_CLAIMS, ResourceType.SECRET, List.of(CREDENTIAL), 60))
                    .contains(KEY_MARK);
        }
    }

    @Test
    void givesTheKeyOfAGatewayToNobodyOnThePlaintextPort() {
        try (GrpcCaller anybody = GrpcCaller.plaintext(control.plaintextPort())) {
            assertThat(anybody.ask(GATEWAYS_NODE, GATEWAYS_CLAIMS, ResourceType.SECRET, List.of(CREDENTIAL), SILENCE))
                    .doesNotContain(KEY_MARK);
        }
    }

    @Test
    void givesTheKeyOfAGatewayToNoOtherNamespace() throws IOException {
        try (GrpcCaller user = control.workload(USER)) {
            for (String name : List.of(
                    CREDENTIAL,
                    "kubernetes://istio-system/gate",
                    "kubernetes-gateway://istio-system/gate",
                    "gate",
                    "*")) {
                assertThat(user.ask(
                                "router~10.9.0.1~user.shop~shop.svc.cluster.local",
                                GATEWAYS_CLAIMS,
                                ResourceType.SECRET,
                                List.of(name),
                                SILENCE))
                        .as(name)
                        .doesNotContain(KEY_MARK);
            }
        }
    }

    @Test
    void believesNoCertificateOfAnotherAuthority() throws IOException {
        CertificateAuthority foreign = CertificateAuthority.open(
                directory.resolve("foreign"), AuthoritySettings.of("cluster.local"), InstantSource.system());
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        SigningResult.Signed signed = (SigningResult.Signed)
                foreign.sign(CertificateRequest.create(keys, GATEWAY).pem(), GATEWAY, Duration.ofHours(1), "the test");
        WorkloadCertificate forged =
                new WorkloadCertificate(GATEWAY, signed.chain(), keys.getPrivate(), signed.roots());
        try (GrpcCaller forger = GrpcCaller.secure(control.securePort(), control.roots(), forged)) {
            assertThat(forger.discover(GATEWAYS_NODE, GATEWAYS_CLAIMS)).startsWith("UNAVAILABLE");
            assertThat(forger.refusalToSign(request(GATEWAY), "")).startsWith("UNAVAILABLE");
        }
    }

    private static String request(SpiffeId id) {
        return CertificateRequest.create(WorkloadKeys.EC_P256.generate(), id).pem();
    }
}
