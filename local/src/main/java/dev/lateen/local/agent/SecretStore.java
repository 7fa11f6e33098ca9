package dev.lateen.local.agent;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.lateen.identity.Pem;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.proxy.control.IdentityDuty;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The secrets that Envoy may have from us, in memory only.
///
/// Thread: any.
final class SecretStore {
    private final Map<String, Versioned> secrets = new HashMap<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private long version;

    /// A secret as it goes over the wire.
    record Versioned(String name, String version, Any resource) {
        @Override
        public String toString() {
            return "secret " + name + " version " + version + " [redacted]";
        }
    }

    synchronized Optional<Versioned> find(String name) {
        return Optional.ofNullable(secrets.get(name));
    }

    /// Publishes a workload's certificate and whom it trusts, the latter first: with a new authority, peers that show
    /// its certificates must be believed already.
    ///
    /// @param revocations lists of revoked certificates in PEM, empty for none
    void publish(WorkloadCertificate certificate, String revocations) {
        CertificateValidationContext.Builder trusted =
                CertificateValidationContext.newBuilder().setTrustedCa(inline(Pem.encode(certificate.roots())));
        if (!revocations.isEmpty()) {
            trusted.setCrl(inline(revocations));
        }
        put(Secret.newBuilder()
                .setName(IdentityDuty.ROOT)
                .setValidationContext(trusted)
                .build());
        put(Secret.newBuilder()
                .setName(IdentityDuty.CERTIFICATE)
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(inline(Pem.encode(certificate.chain())))
                        .setPrivateKey(inline(Pem.encode(certificate.key()))))
                .build());
    }

    void put(Secret secret) {
        synchronized (this) {
            Versioned old = secrets.get(secret.getName());
            Any resource = Any.pack(secret);
            if (old != null && old.resource().equals(resource)) {
                return;
            }
            secrets.put(secret.getName(), new Versioned(secret.getName(), Long.toString(++version), resource));
        }
        watchers.forEach(Runnable::run);
    }

    /// Calls `watcher` after each change, on the thread that made it.
    void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    void unwatch(Runnable watcher) {
        watchers.remove(watcher);
    }

    static DataSource inline(String text) {
        return DataSource.newBuilder()
                .setInlineBytes(ByteString.copyFrom(text, StandardCharsets.UTF_8))
                .build();
    }
}
