package dev.lateen.bench.sidebyside;

import java.util.List;

/// One kind of traffic: which bootstrap the proxies run, and how it is loaded.
///
/// @param template name of the bootstrap under `sidebyside/`, read by Envoy and by us as it is
/// @param protocol what the load generator speaks to the proxy
/// @param hops how often a request passes the measured process (a pair of sidecars in one process counts 2)
/// @param peers the proxies that have this scenario
record Scenario(String name, String template, Protocol protocol, int hops, List<Peer> peers, String about) {
    enum Protocol {
        HTTP_1,
        HTTP_2
    }

    static final List<Scenario> ALL = List.of(
            new Scenario(
                    "http1",
                    "http1.yaml",
                    Protocol.HTTP_1,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY, Peer.HAPROXY, Peer.NGINX),
                    "HTTP/1.1 plain: one route, one cluster, 130-byte answers"),
            new Scenario(
                    "mtls",
                    "mtls.yaml",
                    Protocol.HTTP_1,
                    2,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    "HTTP/1.1 through two hops with mTLS between them, both in the measured process"),
            new Scenario(
                    "http2",
                    "http2.yaml",
                    Protocol.HTTP_2,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    "HTTP/2 on both sides, 16 connections with 8 streams each"),
            new Scenario(
                    "tcp",
                    "tcp.yaml",
                    Protocol.HTTP_1,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    "TCP proxy; the bytes are HTTP/1.1"),
            new Scenario(
                    "sidecar",
                    "sidecar.yaml",
                    Protocol.HTTP_1,
                    1,
                    List.of(Peer.LATEEN, Peer.ENVOY),
                    "HTTP/1.1 with what an Istio sidecar adds: many routes and clusters, header and weight matching, "
                            + "retry and timeout policies, outlier detection, circuit breakers, access log"));
}
