package dev.lateen.model.mesh;

import dev.lateen.model.istio.Reader;
import java.util.Optional;

/// The headers that a proxy adds, keeps or leaves out by itself; what is empty is left to the wider settings, and to
/// Istio's defaults after them. Source: Istio, `ProxyConfig.proxyHeaders`. Thread: any.
///
/// @param server of responses
/// @param peerMetadataInMeshOnly whether sidecars tell only workloads of the mesh whose they are
/// @param preserveCase whether names of HTTP/1 fields keep their upper and lower case
public record ProxyHeaders(
        ClientCert clientCert,
        Optional<Server> server,
        Standard standard,
        Forwarded forwarded,
        Optional<Boolean> peerMetadataInMeshOnly,
        Optional<Boolean> preserveCase) {
    public static final ProxyHeaders NONE = new ProxyHeaders(
            ClientCert.NONE, Optional.empty(), Standard.NONE, Forwarded.NONE, Optional.empty(), Optional.empty());

    /// `x-forwarded-client-cert` of what a sidecar receives; gateways have `gatewayTopology` instead.
    ///
    /// @param mode a name of Istio's `ForwardClientCertDetails`
    public record ClientCert(Optional<String> mode, Optional<Shown> shown) {
        public static final ClientCert NONE = new ClientCert(Optional.empty(), Optional.empty());

        ClientCert or(ClientCert wider) {
            return new ClientCert(mode.or(wider::mode), shown.or(wider::shown));
        }
    }

    /// What that header holds of a certificate.
    public record Shown(boolean subject, boolean cert, boolean chain, boolean dns, boolean uri) {
        public static final Shown DEFAULT = new Shown(true, false, false, true, true);

        private static Shown of(Reader in) {
            return new Shown(
                    in.flagIfSet("subject").orElse(DEFAULT.subject),
                    in.flagIfSet("cert").orElse(DEFAULT.cert),
                    in.flagIfSet("chain").orElse(DEFAULT.chain),
                    in.flagIfSet("dns").orElse(DEFAULT.dns),
                    in.flagIfSet("uri").orElse(DEFAULT.uri));
        }
    }

    /// @param disabled whether the header stays as it comes
    /// @param value empty for Istio's
    public record Server(boolean disabled, String value) {
        private static Server of(Reader in) {
            return new Server(in.flag("disabled"), in.text("value", ""));
        }
    }

    /// Whether headers that proxies add unless they are told not to are left out: `x-request-id`,
    /// `x-envoy-attempt-count`, and those for finding faults (`x-envoy-…`).
    public record Standard(
            Optional<Boolean> noRequestId, Optional<Boolean> noAttemptCount, Optional<Boolean> noDebugHeaders) {
        public static final Standard NONE = new Standard(Optional.empty(), Optional.empty(), Optional.empty());

        Standard or(Standard wider) {
            return new Standard(
                    noRequestId.or(wider::noRequestId),
                    noAttemptCount.or(wider::noAttemptCount),
                    noDebugHeaders.or(wider::noDebugHeaders));
        }
    }

    /// Whether `x-forwarded-host` (where the host is changed) and `x-forwarded-port` are sent.
    public record Forwarded(Optional<Boolean> host, Optional<Boolean> port) {
        public static final Forwarded NONE = new Forwarded(Optional.empty(), Optional.empty());

        Forwarded or(Forwarded wider) {
            return new Forwarded(host.or(wider::host), port.or(wider::port));
        }
    }

    static ProxyHeaders of(Reader in) {
        return new ProxyHeaders(
                new ClientCert(
                        in.text("forwardedClientCert").filter(ProxyHeaders::isDefined),
                        in.object("setCurrentClientCertDetails", Shown::of)),
                in.object("server", Server::of),
                new Standard(
                        flag(in, "requestId", "disabled"),
                        flag(in, "attemptCount", "disabled"),
                        flag(in, "envoyDebugHeaders", "disabled")),
                new Forwarded(flag(in, "xForwardedHost", "enabled"), flag(in, "xForwardedPort", "enabled")),
                in.object("metadataExchangeHeaders", e -> e.text("mode", "").equals("IN_MESH")),
                in.flagIfSet("preserveHttp1HeaderCase"));
    }

    private static Optional<Boolean> flag(Reader in, String header, String name) {
        return in.object(header, h -> h.flag(name));
    }

    /// Whether a mode of forwarding certificates says anything.
    static boolean isDefined(String mode) {
        return !mode.isEmpty() && !mode.equals("UNDEFINED");
    }

    /// The same where it says something, header by header, else as the wider one.
    ProxyHeaders or(ProxyHeaders wider) {
        return new ProxyHeaders(
                clientCert.or(wider.clientCert),
                server.or(wider::server),
                standard.or(wider.standard),
                forwarded.or(wider.forwarded),
                peerMetadataInMeshOnly.or(wider::peerMetadataInMeshOnly),
                preserveCase.or(wider::preserveCase));
    }

    /// Whether requests that have no identity are given one.
    public boolean givesRequestIds() {
        return !standard.noRequestId.orElse(false);
    }

    /// Whether requests say how often they were tried.
    public boolean countsAttempts() {
        return !standard.noAttemptCount.orElse(false);
    }

    /// Whether headers for finding faults are left out.
    public boolean suppressesDebugHeaders() {
        return standard.noDebugHeaders.orElse(false);
    }

    public boolean forwardsHost() {
        return forwarded.host.orElse(false);
    }

    public boolean forwardsPort() {
        return forwarded.port.orElse(false);
    }

    public boolean preservesCase() {
        return preserveCase.orElse(false);
    }
}
