package dev.lateen.proxy.bootstrap;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// A gRPC server of the control plane.
///
/// @param rootCertificate file with the authorities to trust; empty means plaintext
/// @param serverName expected in the server's certificate
/// @param tokenFile file with the bearer token to show, read anew for each connection
public record ServerAddress(
        String host, int port, Optional<Path> rootCertificate, String serverName, Optional<Path> tokenFile) {
    public static final int XDS_TLS_PORT = 15012;

    /// Splits `host:port`; IPv6 literals stand in brackets. Empty where it is neither.
    public static Optional<HostAndPort> parse(String address, int defaultPort) {
        try {
            URI uri = URI.create("tcp://" + address);
            if (uri.getHost() == null) {
                return Optional.empty();
            }
            String host = uri.getHost();
            String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return Optional.of(new HostAndPort(plain, uri.getPort() < 0 ? defaultPort : uri.getPort()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    public record HostAndPort(String host, int port) {}
}
