package dev.lateen.proxy.tls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The bundle of authorities that this system trusts, which distributions keep in different places.
///
/// Thread: any; looks at the file system.
public final class SystemAuthorities {
    public static final List<Path> PLACES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private SystemAuthorities() {}

    /// The first bundle that can be read; empty for a system without one.
    public static Optional<Path> bundle() {
        return PLACES.stream().filter(Files::isReadable).findFirst();
    }
}
