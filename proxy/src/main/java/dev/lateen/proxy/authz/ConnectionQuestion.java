package dev.lateen.proxy.authz;

import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks a server outside whether connections may be served, and counts what it says.
///
/// Source: Envoy's network filter for external authorization. Thread: event loop of the connection.
public final class ConnectionQuestion {
    private static final String NAMESPACE = "envoy.filters.network.ext_authz";

    private final ConnectionAuthzConfig config;
    private final Clusters clusters;
    private final Counter total;
    private final Counter ok;
    private final Counter denied;
    private final Counter error;
    private final Counter allowed;
    private final Counter closed;
    private final Counter disabled;
    private final Counter active;

    public ConnectionQuestion(ConnectionAuthzConfig config, Clusters clusters, Stats stats) {
        this.config = config;
        this.clusters = clusters;
        String prefix =
                "ext_authz." + config.statPrefix() + (config.statPrefix().endsWith(".") ? "" : ".");
        this.total = stats.counter(prefix + "total");
        this.ok = stats.counter(prefix + "ok");
        this.denied = stats.counter(prefix + "denied");
        this.error = stats.counter(prefix + "error");
        this.allowed = stats.counter(prefix + "failure_mode_allowed");
        this.closed = stats.counter(prefix + "cx_closed");
        this.disabled = stats.counter(prefix + "disabled");
        this.active = stats.gauge(prefix + "active");
    }

    /// Takes the answer; may be called before `ask` has returned.
    public interface Listener {
        void onAnswer(boolean mayPass);
    }

    /// Whether the server is to be asked about this connection.
    public boolean applies(StreamInfo info) {
        if (config.condition().isPresent()) {
            MetadataMatcher matcher = config.condition().get();
            if (!matcher.matches(info.metadata(matcher.namespace(), matcher.path()))) {
                disabled.increment();
                return false;
            }
        }
        return true;
    }

    /// Null where there is nothing to cancel.
    ///
    /// @param info gets flag and details where the connection may not pass
    public @Nullable ClusterCall ask(EventLoop loop, StreamInfo info, Listener listener) {
        total.increment();
        Cluster cluster = clusters.get(config.service().cluster());
        if (cluster == null) {
            listener.onAnswer(decide(new Verdict.Failed(false), info));
            return null;
        }
        active.increment();
        return AuthorizationCall.ask(config, cluster, loop, info, verdict -> {
            active.add(-1);
            listener.onAnswer(decide(verdict, info));
        });
    }

    /// The client has gone before the answer came.
    public void cancel(ClusterCall call) {
        active.add(-1);
        call.cancel();
    }

    private boolean decide(Verdict verdict, StreamInfo info) {
        return switch (verdict) {
            case Verdict.Pass(var _, List<String> _, var _, var _, var _, Map<String, Object> metadata) -> {
                ok.increment();
                info.metadata().putAll(NAMESPACE, metadata);
                yield true;
            }
            case Verdict.Refuse(int _, var _, var _, Map<String, Object> metadata) -> {
                denied.increment();
                info.metadata().putAll(NAMESPACE, metadata);
                yield refuse(info, "ext_authz_denied");
            }
            case Verdict.Failed _ -> {
                error.increment();
                if (config.allows()) {
                    allowed.increment();
                    yield true;
                }
                yield refuse(info, "ext_authz_error");
            }
        };
    }

    private boolean refuse(StreamInfo info, String details) {
        closed.increment();
        info.flag(ResponseFlag.UNAUTHORIZED_EXTERNAL_SERVICE);
        info.details = details;
        return false;
    }
}
