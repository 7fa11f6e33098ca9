package dev.lateen.net.tls;

import java.util.ArrayList;
import java.util.List;

/// The protocol versions, oldest first. 1.0 and 1.1 exist for configurations that insist on them.
public enum TlsVersion {
    TLS_1_0("TLSv1"),
    TLS_1_1("TLSv1.1"),
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String protocol;

    TlsVersion(String protocol) {
        this.protocol = protocol;
    }

    /// The name that `SSLSession.getProtocol` gives it.
    public String protocol() {
        return protocol;
    }

    /// The names of all versions from `min` to `max`.
    static List<String> range(TlsVersion min, TlsVersion max) {
        List<String> names = new ArrayList<>();
        for (TlsVersion version : values()) {
            if (version.compareTo(min) >= 0 && version.compareTo(max) <= 0) {
                names.add(version.protocol);
            }
        }
        return names;
    }
}
