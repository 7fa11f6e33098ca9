package dev.lateen.model.mesh;

/// How a client finds the endpoints of a service.
public enum Resolution {
    /// The control plane names them.
    STATIC,
    /// The proxy resolves host names and uses all addresses.
    DNS,
    /// The proxy resolves host names and uses one address at a time.
    DNS_ROUND_ROBIN,
    /// The connection's own destination address.
    PASSTHROUGH,
    /// The proxy resolves the name of each request.
    DYNAMIC_DNS,
    /// Another service of the mesh stands behind the name.
    ALIAS
}
