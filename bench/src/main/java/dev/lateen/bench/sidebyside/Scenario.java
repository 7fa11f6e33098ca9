package dev.lateen.bench.sidebyside;

import java.util.List;

/// One kind of traffic: which bootstrap the proxies run, and how it is loaded.
///
/// @param template name of the bootstrap under `sidebyside/`, read by Envoy and by us as it is
/// @param traffic what the load generator speaks to the proxy
/// @param hops how often a request passes the measured process (a pair of sidecars in one process counts 2)
/// @param peers the proxies that have this scenario
/// @param filters what stands before the router
record Scenario(
        String name, String template, Traffic traffic, int hops, List<Peer> peers, Filters filters, String about) {
    /// What the load generator does.
    enum Protocol implements Traffic {
        HTTP_1,
        HTTP_2
    }

    /// See `Protocol`.
    sealed interface Traffic permits Protocol, WithTokens, Handshakes, Bodies, Messages, Idle, Clusters {}

    /// HTTP/1.1 with bodies of `Load.BODY_BYTES` one way.
    record Bodies(boolean upload) implements Traffic {}

    /// Messages of 128 bytes back and forth on 64 streams that stay open.
    enum Messages implements Traffic {
        WEBSOCKET,
        GRPC
    }

    /// Clusters of ten endpoints that come over ADS to a proxy that runs.
    record Clusters(int count) implements Traffic {}

    /// HTTP/1.1 connections that are kept after one request each.
    record Idle(int connections) implements Traffic {}

    /// HTTP/1.1 with a token in each request.
    ///
    /// @param many another token each time, and none that a cache still holds
    record WithTokens(Tokens.Algorithm algorithm, boolean many) implements Traffic {}

    /// A connection over TLS 1.3 for each request.
    ///
    /// @param mutual clients show a certificate
    /// @param resumed each client resumes its session before
    record Handshakes(boolean mutual, boolean resumed) implements Traffic {}

    /// Which of the control plane's filters the template gets.
    enum Filters {
        NONE,
        POLICIES,
        RS256,
        ES256
    }

    private static final List<Peer> BOTH = List.of(Peer.LATEEN, Peer.ENVOY);

    /// Of `TelemetryCost`.
    static final Scenario TELEMETRY = new Scenario(
            "telemetry", "telemetry.yaml", Protocol.HTTP_1, 1, BOTH, Filters.NONE, "http1 with or without telemetry");

    static final List<Scenario> ALL = List.of(
            new Scenario(
                    "http1",
                    "http1.yaml",
                    Protocol.HTTP_1,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY, Peer.HAPROXY, Peer.NGINX),
                    Filters.NONE,
                    "HTTP/1.1 plain: one route, one cluster, 130-byte answers"),
            new Scenario(
                    "mtls",
                    "mtls.yaml",
                    Protocol.HTTP_1,
                    2,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    Filters.NONE,
                    "HTTP/1.1 through two hops with mTLS between them, both in the measured process"),
            new Scenario(
                    "http2",
                    "http2.yaml",
                    Protocol.HTTP_2,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    Filters.NONE,
                    "HTTP/2 on both sides, 16 connections with 8 streams each"),
            new Scenario(
                    "tcp",
                    "tcp.yaml",
                    Protocol.HTTP_1,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    Filters.NONE,
                    "TCP proxy; the bytes are HTTP/1.1"),
            new Scenario(
                    "sidecar",
                    "sidecar.yaml",
                    Protocol.HTTP_1,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    Filters.NONE,
                    "HTTP/1.1 with what an Istio sidecar adds: many routes and clusters, header and weight matching, "
                            + "retry and timeout policies, outlier detection, circuit breakers, access log"),
            new Scenario(
                    "rbac",
                    "mtls.yaml",
                    Protocol.HTTP_1,
                    2,
                    BOTH,
                    Filters.POLICIES,
                    "as mtls, with 100 AuthorizationPolicies on the inner hop (50 DENY, 50 ALLOW of which the last matches)"),
            tokens("jwt-rs256", Tokens.Algorithm.RS256, Filters.RS256),
            manyTokens("jwt-rs256-many", Tokens.Algorithm.RS256, Filters.RS256),
            tokens("jwt-es256", Tokens.Algorithm.ES256, Filters.ES256),
            manyTokens("jwt-es256-many", Tokens.Algorithm.ES256, Filters.ES256),
            handshakes("handshakes-full", true, false),
            handshakes("handshakes-resumed", true, true),
            handshakes("handshakes-gateway-full", false, false),
            handshakes("handshakes-gateway-resumed", false, true),
            plain(
                    "routes-1000",
                    "routes.yaml",
                    Protocol.HTTP_1,
                    "http1 with 1,000 routes in one virtual host, of which the last but one is taken"),
            plain(
                    "clusters-1000",
                    "clusters.yaml",
                    new Clusters(1_000),
                    "http1 with 1,000 more clusters of ten endpoints each that come over ADS; RSS idle is that before they "
                            + "came, ready the time from the push to its acknowledgement"),
            new Scenario(
                    "bodies-down",
                    "http1.yaml",
                    new Bodies(false),
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY, Peer.HAPROXY),
                    Filters.NONE,
                    "answers of 8 MiB over eight connections"),
            new Scenario(
                    "bodies-up",
                    "http1.yaml",
                    new Bodies(true),
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY, Peer.HAPROXY),
                    Filters.NONE,
                    "requests with 8 MiB over eight connections"),
            plain(
                    "websocket",
                    "websocket.yaml",
                    Messages.WEBSOCKET,
                    "64 WebSockets, messages of 128 bytes back and forth; a request is one message and its echo"),
            plain(
                    "grpc-stream",
                    "http2.yaml",
                    Messages.GRPC,
                    "64 gRPC streams on eight connections, messages of 128 bytes back and forth; a request is one message and its echo"),
            plain(
                    "idle-5000",
                    "http1.yaml",
                    new Idle(5_000),
                    "5,000 connections that are kept after one request each; RSS idle is that before they came"));

    private static Scenario plain(String name, String template, Traffic traffic, String about) {
        return new Scenario(name, template, traffic, 1, BOTH, Filters.NONE, about);
    }

    /// Whether latencies at a fixed rate say more than the closed loop does.
    boolean paced() {
        return traffic instanceof Protocol || (traffic instanceof WithTokens tokens && !tokens.many());
    }

    /// Whether a plain request of HTTP/1.1 is answered.
    boolean answersPlainly() {
        return traffic != Protocol.HTTP_2 && traffic != Messages.GRPC && !(traffic instanceof Handshakes);
    }

    private static Scenario tokens(String name, Tokens.Algorithm algorithm, Filters filters) {
        String about = "http1 with a RequestAuthentication, the same token (" + algorithm + ") in every request";
        return new Scenario(name, "http1.yaml", new WithTokens(algorithm, false), 1, BOTH, filters, about);
    }

    private static Scenario manyTokens(String name, Tokens.Algorithm algorithm, Filters filters) {
        String about = "as before with 4096 tokens in turn, of which no cache has any; load by wrk";
        return new Scenario(name, "http1.yaml", new WithTokens(algorithm, true), 1, BOTH, filters, about);
    }

    private static Scenario handshakes(String name, boolean mutual, boolean resumed) {
        String about =
                "connections over TLS 1.3 with P-256 certificates " + (mutual ? "on both sides" : "of the server")
                        + ", one request each, " + (resumed ? "each resuming a session" : "none resuming a session")
                        + "; CPU/request is that of one connection with all it brings";
        return new Scenario(name, "tls.yaml", new Handshakes(mutual, resumed), 1, BOTH, Filters.NONE, about);
    }
}
