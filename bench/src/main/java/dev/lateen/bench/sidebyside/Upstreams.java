package dev.lateen.bench.sidebyside;

/// Where a scenario's proxy forwards to.
///
/// @param port of HTTP/1.1
/// @param http2Port of HTTP/2 without TLS
record Upstreams(int port, int http2Port) {
    static Upstreams of(Scenario scenario, Upstream nginx, StreamServers streams) {
        return switch (scenario.traffic()) {
            case Scenario.Messages _ -> new Upstreams(streams.port(), streams.grpcPort());
            case Scenario.Bodies(boolean upload) when upload -> new Upstreams(streams.port(), nginx.http2Port());
            case Scenario.Protocol _,
                    Scenario.WithTokens _,
                    Scenario.Handshakes _,
                    Scenario.Bodies _,
                    Scenario.Clusters _,
                    Scenario.Idle _ -> new Upstreams(nginx.port(), nginx.http2Port());
        };
    }
}
