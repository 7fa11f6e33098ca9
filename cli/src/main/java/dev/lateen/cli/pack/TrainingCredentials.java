package dev.lateen.cli.pack;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.SigningResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;

/// Makes a throw-away root and one workload certificate, so that the training run of a sidecar can speak mutual TLS
/// with itself. A process of its own: what issues certificates must not be in a sidecar's cache.
///
/// Usage: `TrainingCredentials DIRECTORY`: writes `chain.pem`, `key.pem` and `root.pem`.
///
/// Thread: main.
public final class TrainingCredentials {
    private TrainingCredentials() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        SpiffeId id = new SpiffeId("cluster.local", "default", "training");
        CertificateAuthority authority = CertificateAuthority.open(
                directory.resolve("authority"), AuthoritySettings.of(id.trustDomain()), InstantSource.system());
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        switch (authority.sign(CertificateRequest.create(keys, id).pem(), id, Duration.ofHours(1), "training")) {
            case SigningResult.Signed signed -> {
                Files.writeString(directory.resolve("chain.pem"), Pem.encode(signed.chain()));
                Files.writeString(directory.resolve("key.pem"), Pem.encode(keys.getPrivate()));
                Files.writeString(directory.resolve("root.pem"), authority.rootsPem());
            }
            case SigningResult.Refused refused -> throw new IOException(refused.reason());
            case SigningResult.Failed failed -> throw new IOException(failed.reason());
        }
    }
}
