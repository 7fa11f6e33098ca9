package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.ResponseHead;
import io.netty.channel.EventLoop;

/// One step between routing and forwarding, in the order of the configuration; on the response's way back the order is
/// reversed. One instance serves every request of its loop: what belongs to a request is kept in `Exchange.state`.
///
/// Thread: event loop of the request.
public interface RequestFilter {
    /// The instance for a loop; only filters that write per-loop numbers differ between loops.
    default RequestFilter on(EventLoop loop) {
        return this;
    }

    /// The head of a request. A filter that needs time returns `STOP` and later calls `exchange.resume()` or
    /// `exchange.reply(…)`, exactly one of them; one that replies at once returns `STOP` too.
    Verdict onRequest(Exchange exchange);

    /// The head of the response, of the upstream or of the proxy itself; may be changed.
    default void onResponse(Exchange exchange, ResponseHead head) {}

    /// The exchange has ended, in whatever way; called once, after the access log's facts are complete.
    default void onEnd(Exchange exchange) {}

    /// What comes after a filter's look at a request.
    enum Verdict {
        CONTINUE,
        STOP
    }
}
