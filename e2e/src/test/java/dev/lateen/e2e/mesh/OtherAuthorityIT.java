package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.IdentitySettings;
import dev.lateen.control.identity.ServerIdentity;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.SigningResult;
import dev.lateen.xds.server.CertificateForwarder;
import dev.lateen.xds.server.CertificateService;
import dev.lateen.xds.server.Gate;
import dev.lateen.xds.server.GrpcListener;
import dev.lateen.xds.server.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A certificate service that is not the control plane from which proxies have their configuration: the proxy asks it
/// itself (`CA_ADDR`), or the control plane does (`--ca-address`).
final class OtherAuthorityIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final SpiffeId ID = new SpiffeId("cluster.local", "default", "apart");

    @TempDir
    Path directory = Path.of("");

    private final List<Peer> callers = new CopyOnWriteArrayList<>();
    private CertificateAuthority other;
    private GrpcListener service;

    @BeforeEach
    void startService() throws IOException {
        other = CertificateAuthority.open(
                directory.resolve("other-ca"), AuthoritySettings.of("cluster.local"), InstantSource.system());
        ServerIdentity own = new ServerIdentity(
                other,
                List::of,
                List.of("127.0.0.1", "ca.test"),
                new SpiffeId("cluster.local", "ca", "ca"),
                Duration.ofHours(1));
        service = GrpcListener.secure(
                new InetSocketAddress("127.0.0.1", 0),
                own.tls(),
                Gate.OPEN,
                List.of(CertificateService.definition(this::sign)),
                1 << 20);
    }

    @AfterEach
    void stopService() {
        service.close();
    }

    /// As a service does that believes whoever comes: for the only identity of this test.
    private CertificateService.Answer sign(Peer peer, String csr, Duration lifetime, String pod) {
        callers.add(peer);
        return switch (other.sign(csr, ID, lifetime, pod)) {
            case SigningResult.Signed(var chain, var roots) -> {
                List<String> texts = new ArrayList<>();
                chain.subList(0, chain.size() - 1).forEach(link -> texts.add(Pem.encode(link)));
                texts.add(Pem.encode(roots));
                yield new CertificateService.Answer.Signed(texts);
            }
            case SigningResult.Refused(var reason) -> new CertificateService.Answer.Invalid(reason);
            case SigningResult.Failed(var reason) -> new CertificateService.Answer.Invalid(reason);
        };
    }

    @Test
    void givesAProxyItsCertificateWhoseConfigurationComesFromElsewhere() throws Exception {
        try (ControlPlane control = control(settings -> settings);
                OutsideProxy proxy = proxy(control, "127.0.0.1:" + service.port(), "127.66.2.1")) {
            awaitCertificateOfTheOther(proxy);
            assertThat(callers).isNotEmpty().allMatch(peer -> peer.bearer().isPresent());
            assertThat(control.authority().status().holders()).isZero();
        }
    }

    @Test
    void givesAProxyItsCertificateByWayOfTheControlPlane() throws Exception {
        Path token = Files.writeString(directory.resolve("ca-token"), "of the control plane\n");
        Path roots = Files.writeString(directory.resolve("ca-roots.pem"), other.rootsPem());
        CertificateForwarder forwarder = new CertificateForwarder(
                "127.0.0.1:" + service.port(),
                roots,
                Optional.of(token),
                Optional.empty(),
                Optional.empty(),
                Optional.of("ca.test"));
        try (ControlPlane control = control(settings -> settings.withIdentity(
                        IdentitySettings.DEFAULT.withSigning(new IdentitySettings.Service(forwarder))));
                OutsideProxy proxy = proxy(control, "127.0.0.1:" + control.securePort(), "127.66.2.2")) {
            awaitCertificateOfTheOther(proxy);
            assertThat(callers)
                    .isNotEmpty()
                    .allMatch(peer ->
                            peer.bearer().filter("of the control plane"::equals).isPresent());
        }
    }

    private void awaitCertificateOfTheOther(OutsideProxy proxy) {
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(proxy.isReady()).as(proxy.output()).isTrue());
        String root = other.roots().getFirst().getSerialNumber().toString(16);
        // Without a listener that needs it, a proxy is ready before it has its certificate.
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(proxy.page("/certs")).contains(ID.uri()).containsIgnoringCase(root));
        assertThat(proxy.page("/config_dump")).contains("outbound|80||shop.default.svc.cluster.local");
    }

    private interface Change {
        ControlPlaneSettings of(ControlPlaneSettings settings);
    }

    private ControlPlane control(Change change) throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("shop.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: shop, namespace: default}
                spec:
                  selector: {app: shop}
                  clusterIP: 10.96.0.1
                  ports: [{name: http, port: 80, targetPort: 8080}]
                """);
        return ControlPlane.start(change.of(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE)));
    }

    private OutsideProxy proxy(ControlPlane control, String authority, String address) throws IOException {
        Path vm = Files.createDirectories(directory.resolve("vm"));
        String token = control.tokens().issue(ID.namespace(), ID.serviceAccount(), Duration.ofMinutes(10));
        OutsideProxy.provide(vm, token, control.authority().rootsPem() + other.rootsPem());
        return OutsideProxy.start(
                vm, address, ID.serviceAccount(), authority, "127.0.0.1:" + control.securePort(), Map.of());
    }
}
