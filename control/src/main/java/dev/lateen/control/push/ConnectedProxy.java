package dev.lateen.control.push;

import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.xds.server.ProxyConnection;

/// A connection whose node could be read, and how far it is.
public record ConnectedProxy(ProxyConnection connection, ProxyNode node, ProxyProgress progress) {}
