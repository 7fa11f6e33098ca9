package dev.lateen.proxy.listener;

import dev.lateen.proxy.downstream.ChainHandler;
/// Makes what serves a filter chain from its decoded filters.
///
/// Thread: chores loop.

public interface ChainHandlers {
    ChainHandler create(ListenerConfig listener, FilterChainConfig chain);
}
