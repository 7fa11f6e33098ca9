package dev.lateen.proxy.listener;

import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.downstream.ChainHandler;
import java.util.List;
/// Makes what serves a filter chain from its decoded filters.
///
/// Thread: chores loop.

public interface ChainHandlers {
    ChainHandler create(ListenerConfig listener, FilterChainConfig chain);

    /// The access logs of the listener itself.
    List<AccessLogger> loggers(ListenerConfig listener);
}
