/// From a connecting client to the filter chain that serves it: sockets, listener filters, Envoy's matching of filter
/// chains, TLS, and draining of what a change replaces. Entry: `Listeners`; the way of one connection: `Acceptor`.
@NullMarked
package dev.lateen.proxy.listener;

import org.jspecify.annotations.NullMarked;
