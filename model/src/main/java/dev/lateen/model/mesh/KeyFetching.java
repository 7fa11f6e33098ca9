package dev.lateen.model.mesh;

import java.net.URI;

/// Who fetches the keys of a token's issuer. Source: Istio, `PILOT_JWT_ENABLE_REMOTE_JWKS`.
public enum KeyFetching {
    /// The control plane, which hands them to proxies.
    CONTROL_PLANE,
    /// The proxy where the issuer is a service of the mesh, else the control plane.
    HYBRID,
    /// The proxy; keys of an issuer that is no service of the mesh cannot be had.
    PROXY;

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /// Whether proxies fetch the keys at this address themselves.
    ///
    /// @param uri a web address that has been checked; empty where a policy names none and
    ///     leaves finding it to the control plane
    public boolean isByProxy(String uri, ServiceIndex services) {
        if (uri.isEmpty()) {
            return false;
        }
        return switch (this) {
            case CONTROL_PLANE -> false;
            case HYBRID -> isService(URI.create(uri), services);
            case PROXY -> true;
        };
    }

    private static boolean isService(URI uri, ServiceIndex services) {
        return services.byNamespace(uri.getHost()).values().stream()
                .anyMatch(service -> service.port(port(uri)).isPresent());
    }

    /// The port of a web address, named or not.
    public static int port(URI uri) {
        if (uri.getPort() > 0) {
            return uri.getPort();
        }
        return uri.getScheme().equals("https") ? HTTPS_PORT : HTTP_PORT;
    }
}
