package dev.lateen.xds.client;

import java.time.Duration;

/// The one thread on which a client lives; an event loop in a proxy.
public interface ClientLoop {
    void execute(Runnable task);

    void after(Duration delay, Runnable task);
}
