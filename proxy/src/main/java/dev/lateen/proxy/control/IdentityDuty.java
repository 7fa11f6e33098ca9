package dev.lateen.proxy.control;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.RevocationLists;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.net.http.ClientConnection;
import dev.lateen.proxy.bootstrap.IdentityConfig;
import dev.lateen.proxy.tls.ControlPlaneCaller;
import dev.lateen.proxy.tls.DownstreamTlsContext;
import dev.lateen.proxy.tls.SecretRef;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.xds.client.CertificateClient;
import dev.lateen.xds.client.GrpcAdsTransport;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keeps the workload's certificate fresh: makes a key, has it signed, hands the certificate on, and does it again
/// before it expires or once the file with the control plane's root has changed: that is how a replaced root gets
/// around. A private key never leaves this process.
///
/// Thread: `start` any; the rest chores loop.
@SuppressWarnings("FutureReturnValueIgnored") // timers are never cancelled; closing a channel needs no answer
public final class IdentityDuty {
    /// The secret with the workload's certificate and key, as Istio names it.
    public static final String CERTIFICATE = "default";

    /// The secret with whom the workload trusts.
    public static final String ROOT = "ROOTCA";

    private static final System.Logger LOG = System.getLogger(IdentityDuty.class.getName());
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);
    private static final Duration SHORTEST_RENEWAL = Duration.ofMillis(500);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    /// Renewals of a mesh started at one time should not come at one time.
    private static final double JITTER = 0.1;

    private final IdentityConfig config;
    private final ServerConnections connections;
    private final KnownRoots known;
    private final EventLoop chores;
    private final BiConsumer<WorkloadCertificate, String> publisher;
    private final InstantSource clock;
    private final RandomGenerator random;
    private Duration retry = FIRST_RETRY;
    /// The file with the root when the latest request was made.
    private byte[] knownRoot = new byte[0];
    /// Only the latest appointment is kept.
    private long appointment;
    private boolean rootIsNew;
    private @Nullable WorkloadCertificate published;
    private String revocations = "";

    /// @param known learns whom to trust at the control plane from now on
    /// @param publisher takes each new certificate, with lists of what is revoked in PEM, on the chores loop
    public IdentityDuty(
            IdentityConfig config,
            EventLoops choresLoops,
            KnownRoots known,
            BiConsumer<WorkloadCertificate, String> publisher,
            InstantSource clock,
            RandomGenerator random) {
        this.config = config;
        this.connections = new ServerConnections(choresLoops, config.authority(), known, this::certificate);
        this.known = known;
        this.chores = choresLoops.at(0);
        this.publisher = publisher;
        this.clock = clock;
        this.random = random;
    }

    /// For questions that the control plane alone may ask, by the certificate that this duty keeps fresh.
    public static DownstreamTlsContext controlPlaneTls(IdentityConfig config, Secrets secrets) {
        return ControlPlaneCaller.tls(
                Optional.of(config.authority().serverName()),
                new SecretRef(CERTIFICATE, SecretRef.Origin.LOCAL),
                new SecretRef(ROOT, SecretRef.Origin.LOCAL),
                secrets);
    }

    /// Asks for a certificate, and again when it is time.
    public void start() {
        chores.execute(() -> {
            revocations = readRevocations();
            ask();
            chores.scheduleWithFixedDelay(
                    this::lookAtFiles, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /// The one that was published last, if any.
    public Optional<WorkloadCertificate> certificate() {
        return Optional.ofNullable(published);
    }

    private void lookAtFiles() {
        String now = readRevocations();
        if (!now.equals(revocations)) {
            revocations = now;
            WorkloadCertificate last = published;
            if (last != null) {
                publisher.accept(last, now);
            }
        }
        lookAtRoot();
    }

    /// What cannot be read now leaves what was read before.
    private String readRevocations() {
        try {
            return RevocationLists.read(config.files().revocations());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "lists of what is revoked: {0}", e.getMessage());
        }
        return revocations;
    }

    private void lookAtRoot() {
        if (!rootIsNew && !Arrays.equals(connections.rootFile(), knownRoot)) {
            rootIsNew = true;
            askIn((long) (LOOK_EVERY.toMillis() * random.nextDouble()));
        }
    }

    private void askIn(long millis) {
        long mine = ++appointment;
        chores.schedule(
                () -> {
                    if (mine == appointment) {
                        ask();
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void ask() {
        knownRoot = connections.rootFile();
        rootIsNew = false;
        connections.connect(new GrpcAdsTransport.Result() {
            @Override
            public void onConnected(ClientConnection connection) {
                request(connection);
            }

            @Override
            public void onFailed(String reason) {
                tryAgain(reason);
            }
        });
    }

    private void request(ClientConnection connection) {
        KeyPair keys = config.keys().generate();
        SpiffeId id = new SpiffeId(config.trustDomain(), config.namespace(), config.serviceAccount());
        CertificateClient.create(
                connection,
                connections.authority(),
                connections.token(),
                CertificateRequest.create(keys, id).pem(),
                config.lifetime(),
                config.pod(),
                new CertificateClient.Result() {
                    @Override
                    public void onCertificate(List<String> chainPem) {
                        connection.channel().close();
                        publish(chainPem, keys);
                    }

                    @Override
                    public void onFailed(String reason) {
                        connection.channel().close();
                        tryAgain(reason);
                    }
                });
    }

    private void publish(List<String> chainPem, KeyPair keys) {
        WorkloadCertificate certificate;
        try {
            certificate = WorkloadCertificate.of(chainPem, keys);
        } catch (IllegalArgumentException e) {
            tryAgain(String.valueOf(e.getMessage()));
            return;
        }
        retry = FIRST_RETRY;
        LOG.log(System.Logger.Level.INFO, "certificate for {0} until {1}", certificate.id(), certificate.expiry());
        known.learn(certificate.roots(), knownRoot);
        published = certificate;
        publisher.accept(certificate, revocations);
        scheduleRenewal(certificate);
    }

    private void scheduleRenewal(WorkloadCertificate certificate) {
        Instant now = clock.instant();
        Duration left = Duration.between(now, certificate.renewAt(now, config.graceRatio()));
        long millis = (long) (left.toMillis() * (1 - JITTER * random.nextDouble()));
        if (!rootIsNew) { // otherwise the next request is to come sooner
            askIn(Math.max(SHORTEST_RENEWAL.toMillis(), millis));
        }
    }

    private void tryAgain(String reason) {
        LOG.log(
                System.Logger.Level.WARNING,
                "no certificate from {0}: {1}; trying again",
                connections.authority(),
                reason);
        long millis = (long) (retry.toMillis() * (0.5 + random.nextDouble() / 2));
        retry = retry.multipliedBy(2).compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : retry.multipliedBy(2);
        askIn(millis);
    }
}
