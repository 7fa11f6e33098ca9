package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.identity.Pem;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Keys and certificates made with `openssl`: authority `ca` and whatever it or another one issues. Certificate NAME
/// is in NAME.pem, its key in NAME.key.
record Certificates(Path directory) {
    private static final String DATABASE = """
            [ca]
            default_ca = here
            [here]
            dir = .
            database = index.txt
            new_certs_dir = .
            rand_serial = yes
            default_md = sha256
            default_crl_days = 2
            policy = any
            [any]
            commonName = supplied
            """;

    static Certificates create() throws Exception {
        Certificates made = new Certificates(Files.createTempDirectory("behaviour-tls-"));
        Files.writeString(made.directory.resolve("ca.conf"), DATABASE);
        Files.writeString(made.directory.resolve("index.txt"), "");
        made.authority("ca");
        made.issue("server", "subjectAltName=DNS:server.test,URI:spiffe://mesh.test/ns/a/sa/server");
        made.issue("client", "subjectAltName=URI:spiffe://mesh.test/ns/a/sa/client");
        made.openssl("pkcs12 -export -in client.pem -inkey client.key -passout pass:secret -out client.p12");
        return made;
    }

    void authority(String name) throws Exception {
        openssl("req -x509 -newkey rsa:2048 -nodes -subj /CN=%s -days 2 -keyout %s.key -out %s.pem"
                .formatted(name, name, name));
    }

    /// By `ca`, for two days from now.
    void issue(String name, String extensions) throws Exception {
        issue(name, extensions, "ca", "-days 2");
    }

    /// @param extensions in the form of openssl's extension files
    /// @param dates options of `openssl ca` that say when it is valid
    void issue(String name, String extensions, String authority, String dates) throws Exception {
        issue("rsa:2048", name, extensions, authority, dates);
    }

    /// By `ca`, with a key on P-256.
    void issueOnCurve(String name, String extensions) throws Exception {
        issue("ec -pkeyopt ec_paramgen_curve:prime256v1", name, extensions, "ca", "-days 2");
    }

    private void issue(String key, String name, String extensions, String authority, String dates) throws Exception {
        Files.writeString(directory.resolve(name + ".ext"), extensions.replace(';', '\n') + "\n");
        openssl("req -newkey %s -nodes -subj /CN=%s -keyout %s.key -out %s.csr".formatted(key, name, name, name));
        openssl(
                "ca -batch -notext -config ca.conf -cert %s.pem -keyfile %s.key %s -extfile %s.ext -in %s.csr -out %s.pem"
                        .formatted(authority, authority, dates, name, name, name));
    }

    void selfSigned(String name, String alternatives) throws Exception {
        openssl(
                "req -x509 -newkey rsa:2048 -nodes -subj /CN=%s -days 2 -addext subjectAltName=%s -keyout %s.key -out %s.pem"
                        .formatted(name, alternatives, name, name));
    }

    /// Revokes a certificate of `ca` and writes its list to `crl.pem`.
    void revoke(String name) throws Exception {
        openssl("ca -config ca.conf -cert ca.pem -keyfile ca.key -revoke %s.pem".formatted(name));
        openssl("ca -config ca.conf -cert ca.pem -keyfile ca.key -gencrl -out crl.pem");
    }

    private void openssl(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" +")));
        Path log = directory.resolve("openssl.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor())
                .as("%s: %s", arguments, Files.readString(log))
                .isZero();
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /// A certificate and its key, as a field of a TLS context.
    String pair(String name) {
        return "{certificate_chain: {filename: \"%s\"}, private_key: {filename: \"%s\"}}"
                .formatted(file(name + ".pem"), file(name + ".key"));
    }

    /// A client of ours that shows certificate `client`.
    SSLContext client() throws Exception {
        KeyStore store = KeyStore.getInstance(file("client.p12").toFile(), "secret".toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, "secret".toCharArray());
        return context(keys.getKeyManagers());
    }

    /// One without a certificate.
    SSLContext stranger() throws Exception {
        return context(new KeyManager[0]);
    }

    /// A server or client of ours that shows this certificate.
    SSLContext showing(String name) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry(
                name,
                Pem.privateKey(Files.readString(file(name + ".key"))),
                new char[0],
                Pem.certificates(Files.readString(file(name + ".pem"))).toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        return context(keys.getKeyManagers());
    }

    private SSLContext context(KeyManager[] keys) throws Exception {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        try (InputStream in = Files.newInputStream(file("ca.pem"))) {
            trust.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, factory.getTrustManagers(), null);
        return context;
    }
}
