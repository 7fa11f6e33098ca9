package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.identity.Pem;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// The certificates of the samples, made by their script, and servers and clients with them.
///
/// @param shown whose certificate a client has, where it is asked for one
record SampleTls(Path directory, Optional<String> shown) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern ACCEPTS = Pattern.compile("ACCEPT .*:(\\d+)");

    static SampleTls make(Path directory, String... hosts) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "sh", SampleMesh.SAMPLES.resolve("common/certificates.sh").toString(), directory.toString()));
        command.addAll(List.of(hosts));
        Process script = new ProcessBuilder(command).inheritIO().start();
        assertThat(script.waitFor()).isZero();
        return new SampleTls(directory, Optional.empty());
    }

    /// As a client that shows the certificate of a host.
    SampleTls showing(String host) {
        return new SampleTls(directory, Optional.of(host));
    }

    /// A process outside the mesh, as the READMEs start it.
    record Server(Process process, int port) implements AutoCloseable {
        @Override
        public void close() {
            process.destroy();
        }
    }

    /// One that shows the certificate of a host and answers each request with 200 and what it knows of its TLS.
    Server serve(String host) throws IOException {
        return start(host, List.of());
    }

    /// The same, for clients with a certificate of the authority alone.
    Server serveWhomItKnows(String host) throws IOException {
        return start(
                host,
                List.of(
                        "-Verify",
                        "1",
                        "-verify_return_error",
                        "-CAfile",
                        directory.resolve("ca.pem").toString()));
    }

    private Server start(String host, List<String> more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-www",
                "-cert",
                directory.resolve(host + ".pem").toString(),
                "-key",
                directory.resolve(host + ".key").toString()));
        command.addAll(more);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher accepts = ACCEPTS.matcher(line);
            if (accepts.matches()) {
                return new Server(process, Integer.parseInt(accepts.group(1)));
            }
        }
        throw new IOException("openssl s_server ended");
    }

    /// What a server of this name answers to one request, after its certificate was looked at, or why there is
    /// none.
    ///
    /// @param protocols of TLS, all where none is said
    String get(InetSocketAddress address, String host, String path, String... protocols)
            throws GeneralSecurityException {
        try (Socket plain = new Socket()) {
            plain.connect(address, (int) PATIENCE.toMillis());
            plain.setSoTimeout((int) PATIENCE.toMillis());
            try (SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket(plain, host, 443, true)) {
                var parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                if (protocols.length > 0) {
                    parameters.setProtocols(protocols);
                }
                socket.setSSLParameters(parameters);
                return exchange(socket, host, path);
            }
        } catch (IOException failure) {
            return "refused: " + failure;
        }
    }

    /// The same without TLS, on a connection of its own.
    static String plainly(InetSocketAddress address, String host, String path) {
        return plainly(address, "", host, path);
    }

    /// @param before what is sent before the request
    static String plainly(InetSocketAddress address, String before, String host, String path) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(before.getBytes(StandardCharsets.US_ASCII));
            return exchange(socket, host, path);
        } catch (IOException failure) {
            return "refused: " + failure;
        }
    }

    private static String exchange(Socket socket, String host, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private SSLContext context() throws GeneralSecurityException, IOException {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        trust.setCertificateEntry(
                "ca",
                Pem.certificates(Files.readString(directory.resolve("ca.pem"))).getFirst());
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(), factory.getTrustManagers(), null);
        return context;
    }

    private KeyManager[] keys() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        if (shown.isPresent()) {
            store.setKeyEntry(
                    "own",
                    Pem.privateKey(Files.readString(directory.resolve(shown.get() + ".key"))),
                    new char[0],
                    Pem.certificates(Files.readString(directory.resolve(shown.get() + ".pem")))
                            .toArray(X509Certificate[]::new));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }
}
