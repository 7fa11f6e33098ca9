package dev.lateen.proxy.http;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.downstream.Direction;
import dev.lateen.proxy.http.filter.Exchange;
import dev.lateen.proxy.http.filter.LocalReply;
import dev.lateen.proxy.http.filter.RequestFilter;
import dev.lateen.proxy.route.Route;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.route.RouteMatch;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tracing.Span;
import dev.lateen.proxy.tracing.Tracer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// The life of a request, in the order of its phases:
///
/// ```
/// start ── sanitize ── decideRoute ── runFilters ── act ──┬── reply (direct response, redirect, refusal)
///                          ▲    filter may ask again │    └── Forwarding: attempt, retry, attempt …
///                          └─────────────────────────┘                │
/// finish (filters' end, access log, span, numbers) ◄── sendHead, sendData ◄── response filters ◄─┘
/// ```
///
/// Thread: event loop of the downstream channel, which is also the upstream's.
final class RequestPath implements StreamListener, Exchange {
    final DownstreamHandler connection;
    final HttpWorker worker;
    final ServerStream stream;
    final Deadlines deadlines;

    @Nullable
    RequestPath next;

    @Nullable
    RequestPath previous;

    private final RequestHead head;
    private final StreamInfo info;
    private final boolean grpc;
    private final long random;
    private final RequestBody body = new RequestBody();
    private final @Nullable GrpcFrames requestFrames;
    private final @Nullable GrpcFrames responseFrames;
    private @Nullable RouteTable table;
    private @Nullable RouteEntry route;
    private @Nullable Forwarding forwarding;
    private @Nullable Span span;
    private @Nullable IdentityHashMap<String, Object> states;
    private @Nullable Runnable bodyWaiter;
    private int bodyWanted;
    private int nextFilter;
    private boolean inFilter;
    private boolean requestEnded;
    private boolean responseStarted;
    private boolean responseEnded;
    private boolean finished;

    RequestPath(DownstreamHandler connection, ServerStream stream, RequestHead head) {
        this.connection = connection;
        this.worker = connection.worker;
        this.stream = stream;
        this.head = head;
        this.info = connection.newInfo();
        this.random = worker.random();
        this.grpc = RouteMatch.isGrpc(head.headers());
        this.requestFrames = grpc ? new GrpcFrames() : null;
        this.responseFrames = grpc ? new GrpcFrames() : null;
        this.deadlines = new Deadlines(this, worker, info.startNanos);
        info.request = head;
    }

    // ---- The phases

    void start(boolean end) {
        worker.stats.started();
        requestEnded = end;
        body.ended(end);
        if (end) {
            info.requestEndNanos = info.startNanos;
        }
        RouteTable routes = worker.manager.routes().table();
        table = routes;
        deadlines.start(worker.config.times(), end);
        if (connection.abortsDispatch()) {
            reply(overloaded(500, "Internal Server Error"));
            return;
        }
        if (worker.overload.refusesRequest(random)) {
            worker.manager.stats().overloaded().increment();
            reply(overloaded(503, "envoy overloaded"));
            return;
        }
        LocalReply refusal = worker.manager
                .sanitizer()
                .sanitize(head, info, connection, routes.config().internalOnlyHeaders(), random);
        if (refusal != null) {
            reply(refusal);
            return;
        }
        decideRoute();
        trace();
        if (Upgrades.refused(head, worker.config.requests().upgrades(), route)) {
            reply(LocalReply.of(403, "", "upgrade_failed"));
            return;
        }
        answerExpectation();
        runFilters();
    }

    private void decideRoute() {
        RouteTable routes = table == null ? RouteTable.EMPTY : table;
        route = routes.find(head, random, info);
        info.routed(route == null ? routes.none() : route.facts());
        info.clusterName = clusterAhead();
        deadlines.onRoute(route, head, grpc, worker.config.times());
    }

    private void trace() {
        Tracer tracer = worker.tracer;
        if (tracer != null) {
            Route matched = route == null ? null : route.route();
            span = tracer.start(
                    head,
                    info,
                    inbound(),
                    matched == null ? "" : matched.decorator(),
                    matched != null && matched.decoratorPropagates());
        }
    }

    /// Unless the upstream is to decide, a client that waits for `100 Continue` is told to go on.
    private void answerExpectation() {
        if (!worker.config.requests().forward100Continue()
                && "100-continue".equalsIgnoreCase(head.headers().get("expect"))) {
            head.headers().remove("expect");
            stream.sendInformational(new ResponseHead(100, new Headers(4)));
        }
    }

    private void runFilters() {
        RequestFilter[] filters = worker.filters;
        inFilter = true;
        while (nextFilter < filters.length) {
            RequestFilter filter = filters[nextFilter++];
            if (filter.onRequest(this) == RequestFilter.Verdict.STOP) {
                inFilter = false;
                return;
            }
        }
        inFilter = false;
        act();
    }

    private void act() {
        Forwarding made = Forwarding.of(this, body);
        if (made != null) {
            forwarding = made;
            made.start();
        }
    }

    /// The head of the final response, from the upstream or from here.
    void sendHead(ResponseHead response, boolean end) {
        responseStarted = true;
        deadlines.touch();
        RequestFilter[] filters = worker.filters;
        for (int index = filters.length - 1; index >= 0; index--) {
            filters[index].onResponse(this, response);
        }
        ResponseHeaders.complete(response.headers(), this);
        info.status = response.status();
        info.responseHeaders = response.headers();
        responseEnded = end;
        stream.sendHead(response, end);
        if (end) {
            finish();
        }
    }

    void sendData(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        info.bytesSent += bytes;
        if (responseFrames != null) {
            info.responseMessages += responseFrames.count(data);
        }
        deadlines.touch();
        responseEnded = end;
        stream.sendData(data, end);
        if (end) {
            finish();
        }
    }

    void sendTrailers(Headers trailers) {
        info.responseTrailers = trailers;
        responseEnded = true;
        stream.sendTrailers(trailers);
        finish();
    }

    @Override
    public void reply(LocalReply reply) {
        if (finished) {
            return;
        }
        if (reply.flag() != null) {
            info.flag(reply.flag());
        }
        info.details = reply.details();
        if (responseStarted) {
            abort();
            return;
        }
        LocalReplies.send(this, reply);
    }

    /// Breaks off a response that has begun; its flags and details are set already.
    void abort() {
        if (!finished) {
            stream.reset(StreamReset.LOCAL_CANCEL);
            finish();
        }
    }

    long heldBytes() {
        return body.heldBytes();
    }

    private static LocalReply overloaded(int status, String body) {
        return LocalReply.of(status, body, ResponseFlag.OVERLOAD_MANAGER, "overload");
    }

    /// Lets go of all buffers at once, since memory is scarce.
    void shed() {
        info.flag(ResponseFlag.OVERLOAD_MANAGER);
        info.details = "overload";
        abort();
    }

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        deadlines.stop();
        info.endNanos = System.nanoTime();
        body.discard();
        if (forwarding != null) {
            forwarding.close();
        }
        RequestFilter[] filters = worker.filters;
        for (RequestFilter filter : filters) {
            filter.onEnd(this);
        }
        for (AccessLogger logger : worker.loggers) {
            logger.log(info);
        }
        if (span != null && worker.tracer != null) {
            worker.tracer.end(span, info);
        }
        worker.stats.ended(info.status, info.endNanos - info.startNanos);
        connection.onRequestEnded(this, info.endNanos);
    }

    // ---- What the client does

    @Override
    public void onData(ByteBuf data, boolean end) {
        if (finished) {
            data.release();
            return;
        }
        if (connection.abortsDispatch()) {
            data.release();
            reply(overloaded(500, "Internal Server Error"));
            return;
        }
        info.bytesReceived += data.readableBytes();
        if (requestFrames != null) {
            info.requestMessages += requestFrames.count(data);
        }
        deadlines.touch();
        if (end) {
            endRequest();
        }
        body.add(data, end);
        pauseIfFull();
        tellBodyWaiter();
    }

    @Override
    public void onTrailers(Headers trailers) {
        if (!finished) {
            endRequest();
            RequestSanitizer.cleanTrailers(trailers);
            body.end(trailers);
            tellBodyWaiter();
        }
    }

    private void endRequest() {
        requestEnded = true;
        info.requestEndNanos = System.nanoTime();
        if (body.isConnected()) {
            info.upstreamLastByteSentNanos = info.requestEndNanos;
        }
        deadlines.onRequestEnded(info.requestEndNanos);
        if (forwarding != null) {
            forwarding.startTimers();
        }
    }

    /// Stops reading while nobody takes the body, or the upstream takes it slowly.
    private void pauseIfFull() {
        if (!requestEnded && body.isFull(worker.config.limits().bufferLimitBytes())) {
            stream.pauseReading();
        }
    }

    @Override
    public void onReset(StreamReset reason, String details) {
        if (finished || responseEnded) {
            return; // an early answer gave up the rest of the request: that is no fault of anybody
        }
        switch (reason) {
            case REMOTE_RESET, REMOTE_REFUSED -> {
                info.flag(ResponseFlag.DOWNSTREAM_REMOTE_RESET);
                info.details = "downstream_remote_reset";
            }
            case PROTOCOL_ERROR, LIMIT_EXCEEDED -> {
                info.flag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
                info.details = details;
            }
            case CONNECTION_CLOSED, LOCAL_CANCEL, LOCAL_REFUSED -> {
                info.flag(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
                info.details = "downstream_remote_disconnect";
            }
        }
        finish();
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        Forwarding upstream = forwarding;
        if (upstream != null && !finished) {
            upstream.onDownstreamWritable(writable);
        }
    }

    // ---- What time does

    /// A deadline of the request itself has passed; those of forwarding are told to `Forwarding`.
    void onTimeout(Deadlines.Kind kind) {
        int status = requestEnded ? 504 : 408;
        switch (kind) {
            case STREAM_IDLE ->
                reply(LocalReply.of(status, "stream timeout", ResponseFlag.STREAM_IDLE_TIMEOUT, "stream_idle_timeout"));
            case REQUEST -> reply(LocalReply.of(408, "request timeout", "request_overall_timeout"));
            case STREAM_DURATION ->
                reply(LocalReply.of(status, "downstream duration timeout", "max_duration_timeout")
                        .withGrpcStatus(4));
            case RESPONSE, PER_TRY, BACK_OFF -> {
                Forwarding upstream = forwarding;
                if (upstream != null) {
                    upstream.onTimeout(kind);
                }
            }
        }
    }

    // ---- What filters ask

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public StreamInfo info() {
        return info;
    }

    @Override
    public @Nullable RouteEntry route() {
        return route;
    }

    @Override
    public @Nullable String clusterAhead() {
        return RequestTarget.clusterAhead(route, head, random);
    }

    @Override
    public void decideRouteAgain() {
        decideRoute();
    }

    @Override
    public @Nullable Object override(String filter) {
        RouteEntry entry = route;
        return entry == null ? null : entry.override(filter);
    }

    @Override
    public void resume() {
        if (!finished && !responseStarted && !inFilter) {
            runFilters();
        }
    }

    @Override
    public void after(long nanos, Runnable action) {
        TimerWheel.Deadline timer = new TimerWheel.Deadline(_ -> {
            if (!finished) {
                action.run();
            }
        });
        worker.wheel.set(timer, System.nanoTime() + nanos);
    }

    @Override
    public void whenBodyHas(int bytes, Runnable then) {
        bodyWanted = bytes;
        bodyWaiter = then;
        tellBodyWaiter();
    }

    /// A full buffer counts as enough: more will not come before somebody takes it.
    private void tellBodyWaiter() {
        Runnable waiter = bodyWaiter;
        boolean enough = requestEnded
                || body.bytes() > bodyWanted
                || body.isFull(worker.config.limits().bufferLimitBytes());
        if (waiter != null && !finished && enough) {
            bodyWaiter = null;
            waiter.run();
        }
    }

    @Override
    public byte[] bodySoFar(int atMost) {
        return body.copy(atMost);
    }

    @Override
    public long bodyBytes() {
        return body.bytes();
    }

    @Override
    public boolean bodyEnded() {
        return requestEnded;
    }

    @Override
    public long random() {
        return random;
    }

    @Override
    public long nextRandom() {
        return worker.random();
    }

    @Override
    public EventLoop loop() {
        return worker.loop;
    }

    @Override
    public boolean inbound() {
        return connection.facts.origin().direction() == Direction.INBOUND;
    }

    @Override
    public boolean grpc() {
        return grpc;
    }

    @Override
    public @Nullable Object state(String filter) {
        return states == null ? null : states.get(filter);
    }

    @Override
    public void state(String filter, Object value) {
        if (states == null) {
            states = new IdentityHashMap<>();
        }
        states.put(filter, value);
    }

    @Override
    public @Nullable Object connectionState(Object key) {
        return connection.state(key);
    }

    @Override
    public void connectionState(Object key, Object value) {
        connection.state(key, value);
    }

    /// Of the request, where it is sampled.
    @Nullable
    Span span() {
        return span;
    }

    boolean requestEnded() {
        return requestEnded;
    }

    boolean responseStarted() {
        return responseStarted;
    }

    boolean finished() {
        return finished;
    }
}
