package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/// A request and its response as a filter sees them.
///
/// Thread: event loop of the request.
public interface Exchange {
    /// May be changed until the request is forwarded.
    RequestHead head();

    StreamInfo info();

    /// The route that was found, or null for none.
    @Nullable
    RouteEntry route();

    /// The cluster that the route leads to, as the request is now; null where it leads to none.
    @Nullable
    String clusterAhead();

    /// Has the route decided again after this filter, since it changed what routes match.
    void decideRouteAgain();

    /// What the route says to the filter of this name; null where it says nothing.
    @Nullable
    Object override(String filter);

    /// Answers the request instead of the upstream. Ignored once a response has begun.
    void reply(LocalReply reply);

    /// Goes on with the next filter after a `STOP`.
    void resume();

    /// Calls `action` on this loop after a while, unless the exchange ends before.
    void after(long nanos, Runnable action);

    /// Calls `then` once the whole body is here, or more of it than so many bytes, or as much as may wait here; perhaps
    /// before this returns. Only while the filter holds the request.
    void whenBodyHas(int bytes, Runnable then);

    /// A copy of what has come of the body, at most so many bytes. Only while a filter holds the request.
    byte[] bodySoFar(int atMost);

    /// How much of the body is here.
    long bodyBytes();

    boolean bodyEnded();

    /// The same value for the whole request.
    long random();

    /// A fresh value with every call.
    long nextRandom();

    EventLoop loop();

    /// Whether the request came to the workload, rather than from it.
    boolean inbound();

    /// Whether the request is gRPC by its content type.
    boolean grpc();

    /// What the filter of this name keeps for this request; null where nothing was put.
    @Nullable
    Object state(String filter);

    void state(String filter, Object value);

    /// What a filter keeps under this key for the client's connection; null where nothing was put.
    @Nullable
    Object connectionState(Object key);

    void connectionState(Object key, Object value);
}
