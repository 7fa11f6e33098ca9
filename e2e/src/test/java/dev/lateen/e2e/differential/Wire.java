package dev.lateen.e2e.differential;

/// What clients and servers speak.
enum Wire {
    /// HTTP/1.1 on both sides.
    HTTP1,
    /// HTTP/2 from clients, and to servers `green` and `shadow`; half of the requests are gRPC.
    HTTP2;

    boolean isHttp2(String server) {
        return this == HTTP2 && (server.equals("green") || server.equals("shadow"));
    }
}
