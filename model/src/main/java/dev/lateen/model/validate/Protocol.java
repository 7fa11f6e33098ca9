package dev.lateen.model.validate;

import java.util.Locale;
import java.util.Set;

/// What a port's `protocol` means for its rules. Thread: any.
final class Protocol {
    private static final Set<String> HTTP = Set.of("HTTP", "HTTP2", "GRPC", "GRPC-WEB", "HTTP_PROXY");
    private static final Set<String> TLS = Set.of("HTTPS", "TLS");
    private static final Set<String> OTHER = Set.of("TCP", "UDP", "MONGO", "REDIS", "MYSQL", "HBONE", "DOUBLE-HBONE");

    private Protocol() {}

    static boolean isKnown(String name) {
        return isHttp(name) || isTls(name) || OTHER.contains(upper(name));
    }

    static boolean isHttp(String name) {
        return HTTP.contains(upper(name));
    }

    static boolean isTls(String name) {
        return TLS.contains(upper(name));
    }

    static boolean isTcpOrUnset(String name) {
        return name.isEmpty() || name.equals("TCP");
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }
}
