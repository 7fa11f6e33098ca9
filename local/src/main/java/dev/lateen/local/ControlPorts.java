package dev.lateen.local;

/// Where a mesh's control plane listens: Istio's own ports on an address of the mesh's own.
record ControlPorts(String address) {
    static final int PLAIN = 15010;
    static final int TLS = 15012;
    static final int DEBUG = 15014;

    /// xDS and certificates over TLS, as `host:port`.
    String tls() {
        return address + ":" + TLS;
    }

    /// xDS without TLS.
    String plain() {
        return address + ":" + PLAIN;
    }

    /// Metrics and debug API.
    String debug() {
        return address + ":" + DEBUG;
    }
}
