package dev.lateen.translate;

import dev.lateen.model.istio.Destination;

/// The names that Istio gives to clusters, listeners and routes, on which dashboards and tools rely.
final class Names {
    /// The routes of the proxy that applications are told of by `HTTP_PROXY`.
    static final String FORWARD_PROXY = "http_proxy";
    static final String BLACK_HOLE = "BlackHoleCluster";
    static final String PASSTHROUGH = "PassthroughCluster";
    /// Where requests to unknown hosts go that are looked up by their names.
    static final String ALLOW_ANY_DYNAMIC_DNS = "AllowAnyDynamicDNSCluster";
    static final String INBOUND_PASSTHROUGH = "InboundPassthroughCluster";
    static final String VIRTUAL_OUTBOUND = "virtualOutbound";
    static final String VIRTUAL_INBOUND = "virtualInbound";

    private Names() {}

    static String outbound(int port, String subset, String host) {
        return "outbound|" + port + "|" + subset + "|" + host;
    }

    static String outbound(int port, Destination to, String host) {
        return outbound(port, to.subset(), host);
    }

    static String inbound(int port) {
        return "inbound|" + port + "||";
    }

    /// What a client names in its TLS hello, so that a gateway can pass the connection on unopened.
    static String sni(int port, String subset, String host) {
        return "outbound_." + port + "_." + subset + "_." + host;
    }

    static String listener(String address, int port) {
        return address + "_" + port;
    }

    /// Envoy takes a name in statistics up to its first semicolon where Istio's tag rules are in force.
    static String stat(String name) {
        return name + ";";
    }
}
