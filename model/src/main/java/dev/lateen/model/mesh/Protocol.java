package dev.lateen.model.mesh;

import java.util.Locale;

/// The application protocol of a port. Source: Istio, "Protocol Selection".
public enum Protocol {
    TCP,
    UDP,
    HTTP,
    HTTP2,
    HTTP_PROXY,
    GRPC,
    GRPC_WEB,
    HTTPS,
    TLS,
    MONGO,
    REDIS,
    MYSQL,
    HBONE,
    DOUBLE_HBONE,
    /// Not declared: found by looking at the first bytes.
    AUTO;

    /// Reads a declared protocol, such as `HTTP` or `grpc-web`; what is unknown is `AUTO`.
    public static Protocol parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "tcp" -> TCP;
            case "udp" -> UDP;
            case "http" -> HTTP;
            case "http2" -> HTTP2;
            case "http_proxy" -> HTTP_PROXY;
            case "grpc" -> GRPC;
            case "grpc-web" -> GRPC_WEB;
            case "https" -> HTTPS;
            case "tls" -> TLS;
            case "mongo" -> MONGO;
            case "redis" -> REDIS;
            case "mysql" -> MYSQL;
            case "hbone" -> HBONE;
            case "double-hbone" -> DOUBLE_HBONE;
            default -> AUTO;
        };
    }

    /// What a Kubernetes service port says: `appProtocol` first, then the part of the name before its first dash.
    public static Protocol ofKubernetesPort(int port, String name, String transport, String appProtocol) {
        if (transport.equals("UDP")) {
            return UDP;
        }
        if (!appProtocol.isEmpty()) {
            switch (appProtocol) {
                case "kubernetes.io/h2c":
                    return HTTP2;
                case "kubernetes.io/ws", "kubernetes.io/wss":
                    return appProtocol.endsWith("wss") ? HTTPS : HTTP;
                default:
                    break;
            }
            return parse(appProtocol);
        }
        if (name.regionMatches(true, 0, "grpc-web", 0, "grpc-web".length())) {
            return GRPC_WEB;
        }
        int dash = name.indexOf('-');
        Protocol named = parse(dash >= 0 ? name.substring(0, dash) : name);
        if (named != AUTO) {
            return named;
        }
        // Servers that speak first on these ports would wait for ever behind a detector.
        return switch (port) {
            case 25, 53, 3306, 3389, 27017 -> TCP;
            default -> AUTO;
        };
    }

    public boolean isHttp() {
        return switch (this) {
            case HTTP, HTTP2, HTTP_PROXY, GRPC, GRPC_WEB -> true;
            case TCP, UDP, HTTPS, TLS, MONGO, REDIS, MYSQL, HBONE, DOUBLE_HBONE, AUTO -> false;
        };
    }

    public boolean isHttp2() {
        return this == HTTP2 || this == GRPC || this == GRPC_WEB;
    }

    public boolean isTls() {
        return this == HTTPS || this == TLS;
    }

    /// Forwarded as bytes, as a plain connection.
    public boolean isTcp() {
        return switch (this) {
            case TCP, HTTPS, TLS, MONGO, REDIS, MYSQL, HBONE, DOUBLE_HBONE -> true;
            case UDP, HTTP, HTTP2, HTTP_PROXY, GRPC, GRPC_WEB, AUTO -> false;
        };
    }

    public boolean isAuto() {
        return this == AUTO;
    }
}
