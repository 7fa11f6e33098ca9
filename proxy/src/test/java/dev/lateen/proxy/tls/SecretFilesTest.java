package dev.lateen.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretFilesTest {
    @TempDir
    Path directory = Path.of("");

    private final Secrets secrets = new Secrets();
    private final EmbeddedChannel chores = new EmbeddedChannel();
    private final AtomicInteger changes = new AtomicInteger();
    private final SecretFiles files = new SecretFiles(secrets, chores.eventLoop(), changes::incrementAndGet);

    @BeforeEach
    void holdTheClock() {
        chores.freezeTime();
    }

    private static SecretRef local(String name) {
        return new SecretRef(name, SecretRef.Origin.LOCAL);
    }

    private SecretRef root() {
        return local("file-root:" + directory.resolve("ca.pem"));
    }

    private void write(X509Bundle authority) throws IOException {
        Files.writeString(directory.resolve("ca.pem"), authority.getRootCertificatePEM());
    }

    private void passTime() {
        chores.advanceTimeBy(SecretFiles.LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        chores.runScheduledPendingTasks();
    }

    private ValidationConfig roots() {
        return ((Secret.Validation) secrets.get(root()).orElseThrow()).validation();
    }

    @Test
    void readsWhatIsNamed() throws Exception {
        X509Bundle authority = Credentials.authority("one");
        write(authority);
        Path chain = Files.writeString(directory.resolve("cert.pem"), authority.getCertificatePathPEM());
        Path key = Files.writeString(directory.resolve("key.pem"), authority.getPrivateKeyPEM());
        SecretRef pair = local("file-cert:" + chain + "~" + key);

        files.want(Set.of(root(), pair, local("default")));

        assertThat(roots().roots()).isEqualTo(Credentials.root(authority));
        assertThat(secrets.get(pair)).get().isInstanceOf(Secret.Certificate.class);
        assertThat(secrets.all()).hasSize(2);
    }

    @Test
    void readsAgainWhatIsReplacedAndKeepsWhatWasGood() throws Exception {
        files.want(Set.of(root()));
        assertThat(secrets.get(root())).isEmpty();

        X509Bundle authority = Credentials.authority("one");
        write(authority);
        passTime();
        assertThat(roots().roots()).isEqualTo(Credentials.root(authority));
        assertThat(changes).hasValue(1);

        passTime();
        assertThat(changes).hasValue(1);

        Files.writeString(directory.resolve("ca.pem"), "half a file");
        passTime();
        assertThat(roots().roots()).isEqualTo(Credentials.root(authority));

        X509Bundle longer = Credentials.authority("another with a longer name");
        write(longer);
        passTime();
        assertThat(roots().roots()).isEqualTo(Credentials.root(longer));
    }

    @Test
    void forgetsWhatNobodyNeeds() throws Exception {
        write(Credentials.authority("one"));
        SecretRef identity = local("default");
        secrets.put(identity, new Secret.Validation(ValidationConfig.NONE));
        files.want(Set.of(root(), identity));
        files.want(Set.of(identity));
        assertThat(secrets.all()).containsOnlyKeys(identity);
    }

    @Test
    void leavesNamesWithoutAKeyAndMissingFilesUnknown() {
        SecretRef half = local("file-cert:" + directory.resolve("cert.pem"));
        files.want(Set.of(half, root()));
        assertThat(secrets.all()).isEmpty();
    }
}
