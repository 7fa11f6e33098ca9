package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.health.CheckKind;
import dev.lateen.proxy.health.CheckResult;
import dev.lateen.proxy.health.PayloadMatcher;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Checks a host by a request without a body.
///
/// Limits: `MAX_BODY` bytes of an answer's body.
///
/// Thread: chores loop.
final class HttpProbe implements HostProbe {
    static final long MAX_BODY = 1 << 20;
    private static final String USER_AGENT = "Envoy/HC";

    private final HealthChecker checker;
    private final CheckKind.Http kind;
    private final CheckConnection connection;
    private final String authority;
    private @Nullable Exchange current;

    HttpProbe(HealthChecker checker, CheckKind.Http kind, CheckConnection connection, String authority) {
        this.checker = checker;
        this.kind = kind;
        this.connection = connection;
        this.authority = authority;
    }

    @Override
    public void start(Outcome outcome) {
        Exchange exchange = new Exchange(outcome);
        current = exchange;
        connection.use(exchange);
    }

    @Override
    public void cancel() {
        Exchange exchange = current;
        if (exchange != null) {
            exchange.over = true;
        }
        connection.close();
    }

    @Override
    public void close() {
        connection.close();
    }

    private RequestHead head(ClientConnection open) {
        Headers headers = new Headers(4);
        headers.add("user-agent", USER_AGENT);
        for (CheckKind.Field field : kind.add()) {
            if (field.append()) {
                headers.add(field.name(), field.value());
            } else {
                headers.set(field.name(), field.value());
            }
        }
        kind.remove().forEach(headers::remove);
        String scheme = open.tls() == null ? "http" : "https";
        return new RequestHead(open.version(), kind.method(), scheme, authority, kind.path(), headers);
    }

    /// One check.
    private final class Exchange implements CheckConnection.User, ResponseListener {
        private final Outcome outcome;
        private final PayloadMatcher payload = new PayloadMatcher(kind.receive());
        private @Nullable ClientStream stream;
        private @Nullable ResponseHead answer;
        private long body;
        private boolean over;

        Exchange(Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        public void onConnection(ClientConnection open) {
            stream = open.open(head(open), true, this);
        }

        @Override
        public void onNoConnection() {
            end(CheckResult.NETWORK);
        }

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onHead(ResponseHead head, boolean end) {
            answer = head;
            if (end) {
                judge(head);
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            long most = kind.receiveBytes() == 0 ? Long.MAX_VALUE : Math.max(0, kind.receiveBytes() - body);
            payload.feed(data, most);
            body += data.readableBytes();
            data.release();
            ResponseHead head = answer;
            if (end && head != null) {
                judge(head);
            } else if (body > MAX_BODY && !over) {
                ClientStream open = stream;
                if (open != null) {
                    open.reset(StreamReset.LIMIT_EXCEEDED);
                }
                end(CheckResult.NETWORK);
            }
        }

        @Override
        public void onTrailers(Headers trailers) {
            ResponseHead head = answer;
            if (head != null) {
                judge(head);
            }
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            end(CheckResult.NETWORK);
        }

        @Override
        public void onWritabilityChanged(boolean writable) {}

        private void judge(ResponseHead head) {
            if (over) {
                return;
            }
            connection.done();
            if (!kind.isExpected(head.status())) {
                end(kind.isRetriable(head.status()) ? CheckResult.RETRIABLE : CheckResult.FAILED);
            } else if (!payload.isDone() || !isOfService(head.headers())) {
                end(CheckResult.FAILED);
            } else {
                end(head.headers().contains("x-envoy-degraded") ? CheckResult.DEGRADED : CheckResult.PASSED);
            }
        }

        /// Some other service may have got the address meanwhile.
        private boolean isOfService(Headers headers) {
            if (kind.service().isEmpty()) {
                return true;
            }
            checker.countVerified();
            String name = headers.get("x-envoy-upstream-healthchecked-cluster");
            return kind.service().get().matches(name == null ? "" : name);
        }

        private void end(CheckResult result) {
            if (!over) {
                over = true;
                outcome.onResult(result);
            }
        }
    }
}
