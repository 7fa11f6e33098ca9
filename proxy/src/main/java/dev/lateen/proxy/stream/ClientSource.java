package dev.lateen.proxy.stream;

import java.net.InetAddress;

/// The address that upstream connections come from instead of our own: the client's, as it would see without a proxy in
/// between. Needs CAP_NET_ADMIN, and routes that lead the way back through this machine.
///
/// Source: envoy.extensions.filters.listener.original_src.v3. Thread: any (immutable).
///
/// @param mark of the socket, by which such routes know it; 0 for none
public record ClientSource(InetAddress address, int mark) {}
