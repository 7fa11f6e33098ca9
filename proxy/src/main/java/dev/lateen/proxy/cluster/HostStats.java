package dev.lateen.proxy.cluster;

import java.util.concurrent.atomic.AtomicLong;

/// What `/clusters` shows of a host.
///
/// Thread: any.
public final class HostStats {
    public final AtomicLong connectionsTotal = new AtomicLong();
    public final AtomicLong connectionsActive = new AtomicLong();
    public final AtomicLong connectFailures = new AtomicLong();
    public final AtomicLong requestsTotal = new AtomicLong();
    public final AtomicLong requestErrors = new AtomicLong();
    public final AtomicLong requestSuccesses = new AtomicLong();
    public final AtomicLong requestTimeouts = new AtomicLong();
}
