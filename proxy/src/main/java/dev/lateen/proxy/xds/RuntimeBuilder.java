package dev.lateen.proxy.xds;

import dev.lateen.proxy.accesslog.AccessLogConfig;
import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.accesslog.AccessLogs;
import dev.lateen.proxy.accesslog.CollectedLogs;
import dev.lateen.proxy.authz.ConnectionAuthzConfig;
import dev.lateen.proxy.authz.ConnectionQuestion;
import dev.lateen.proxy.bootstrap.LocalPeer;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.Direction;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.http.HttpConnectionManager;
import dev.lateen.proxy.http.HttpConnectionManagerConfig;
import dev.lateen.proxy.http.HttpEnvironment;
import dev.lateen.proxy.http.LiveRoutes;
import dev.lateen.proxy.http.filter.FilterConfig;
import dev.lateen.proxy.http.filter.NamedFilter;
import dev.lateen.proxy.http.filter.OwnMetadata;
import dev.lateen.proxy.listener.ChainHandlers;
import dev.lateen.proxy.listener.FilterChainConfig;
import dev.lateen.proxy.listener.HttpChain;
import dev.lateen.proxy.listener.ListenerConfig;
import dev.lateen.proxy.listener.NetworkFilterConfig;
import dev.lateen.proxy.overload.LimitedChain;
import dev.lateen.proxy.overload.Overload;
import dev.lateen.proxy.ratelimit.NetworkLimitConfig;
import dev.lateen.proxy.ratelimit.RateLimitedChain;
import dev.lateen.proxy.rbac.GuardedChain;
import dev.lateen.proxy.rbac.NetworkRbacConfig;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.tcp.TcpProxy;
import dev.lateen.proxy.tcp.TcpTelemetry;
import dev.lateen.proxy.telemetry.IstioMetrics;
import dev.lateen.proxy.telemetry.IstioReporters;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tracing.SpanReporters;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes what runs from what was decoded: connection managers and TCP proxies. Called for new and changed filter chains
/// only; the others keep what they have.
///
/// Thread: chores loop.
public final class RuntimeBuilder implements ChainHandlers {
    private final Clusters clusters;
    private final Routes routes;
    private final Stats stats;
    private final OwnMetadata own;
    private final InstantSource clock;
    private final AccessLogs accessLogs;
    private final Decisions decisions;
    private final CollectedLogs collectedLogs;
    private final SpanReporters spans;
    private final Surroundings around;
    private final IstioReporters istio;
    private final Overload overload;
    private final Iterable<EventLoop> workers;

    /// What it needs of the process around it.
    ///
    /// @param workers the loops of all traffic
    /// @param decisions how many are kept (`Decisions`)
    public record Surrounding(
            Stats stats,
            AccessLogs accessLogs,
            InstantSource clock,
            Overload overload,
            Iterable<EventLoop> workers,
            int decisions) {}

    /// @param node whom this proxy serves
    public RuntimeBuilder(Clusters clusters, Routes routes, Node node, Surrounding surrounding) {
        Stats stats = surrounding.stats();
        this.accessLogs = surrounding.accessLogs();
        this.decisions = new Decisions(surrounding.workers(), node.getId(), surrounding.decisions());
        this.overload = surrounding.overload();
        PeerInfo local = LocalPeer.of(node);
        this.own = OwnMetadata.of(local, node.getId(), node.getCluster());
        this.around = LocalPeer.surroundings(node);
        this.istio = new IstioReporters(stats, local, around);
        this.collectedLogs = new CollectedLogs(node, clusters, surrounding.workers(), stats);
        this.spans = new SpanReporters(node.getCluster(), clusters, stats);
        this.clusters = clusters;
        this.routes = routes;
        this.stats = stats;
        this.clock = surrounding.clock();
        this.workers = surrounding.workers();
    }

    /// Where all that ends is kept for a while.
    public Decisions decisions() {
        return decisions;
    }

    @Override
    public ChainHandler create(ListenerConfig listener, FilterChainConfig chain) {
        List<GuardedChain.Guard> guards = new ArrayList<>();
        for (NetworkFilterConfig filter : chain.filters()) {
            if (filter instanceof NetworkFilterConfig.Rbac(NetworkRbacConfig config)) {
                guards.add(GuardedChain.rules(config, stats));
            } else if (filter instanceof NetworkFilterConfig.Authorization(ConnectionAuthzConfig config)) {
                guards.add(new GuardedChain.Asked(new ConnectionQuestion(config, clusters, stats)));
            }
        }
        ChainHandler terminal = rated(chain, terminal(listener, chain));
        ChainHandler guarded = guards.isEmpty() ? terminal : new GuardedChain(guards, terminal, clock);
        return limited(chain, guarded);
    }

    private ChainHandler limited(FilterChainConfig chain, ChainHandler inner) {
        ChainHandler limited = inner;
        for (NetworkFilterConfig filter : chain.filters()) {
            if (filter instanceof NetworkFilterConfig.ConnectionLimit(String prefix, long max, Duration delay)) {
                limited = new LimitedChain(prefix, max, delay, limited, stats);
            }
        }
        return limited;
    }

    /// What access control refuses takes nothing from a limit.
    private ChainHandler rated(FilterChainConfig chain, ChainHandler terminal) {
        ChainHandler handler = terminal;
        for (NetworkFilterConfig filter : chain.filters().reversed()) {
            if (filter instanceof NetworkFilterConfig.RateLimit(var config)) {
                keepConnected(config);
                handler = new RateLimitedChain(config, handler, clusters, stats, clock);
            }
        }
        return handler;
    }

    private ChainHandler terminal(ListenerConfig listener, FilterChainConfig chain) {
        return switch (chain.terminal()) {
            case NetworkFilterConfig.Http(HttpConnectionManagerConfig config, var logs) -> {
                keepConnected(config.filters());
                yield new HttpChain(new HttpConnectionManager(
                        config,
                        routesOf(config),
                        new HttpEnvironment(clusters, stats, istio, spans, own, overload),
                        withDecisions(logs)));
            }
            case NetworkFilterConfig.Tcp(var config) ->
                new TcpProxy(
                        config,
                        new TcpProxy.ServerNameUse(
                                chain.filters().contains(NetworkFilterConfig.SniCluster.INSTANCE), forwardPort(chain)),
                        clusters,
                        new TcpTelemetry(withDecisions(config.accessLogs()), istio(listener, chain)),
                        stats,
                        clock);
            case NetworkFilterConfig.Rbac _,
                    NetworkFilterConfig.Authorization _,
                    NetworkFilterConfig.ConnectionLimit _,
                    NetworkFilterConfig.RateLimit _,
                    NetworkFilterConfig.SniCluster _,
                    NetworkFilterConfig.SniForward _,
                    NetworkFilterConfig.IstioStats _,
                    NetworkFilterConfig.PeerExchange _ ->
                throw new IllegalStateException("the decoder takes no chain that ends in such a filter");
        };
    }

    /// Where connections go by their server name; 0 where they do not.
    private static int forwardPort(FilterChainConfig chain) {
        for (NetworkFilterConfig filter : chain.filters()) {
            if (filter instanceof NetworkFilterConfig.SniForward(int port)) {
                return port;
            }
        }
        return 0;
    }

    /// A request that is refused where the rate limit service does not answer in time must not wait for a handshake.
    private void keepConnected(List<NamedFilter> filters) {
        for (NamedFilter filter : filters) {
            if (filter.config() instanceof FilterConfig.RateLimit(var config)
                    && config.failure().denies()) {
                clusters.keepConnected(config.service().cluster(), workers);
            }
        }
    }

    private void keepConnected(NetworkLimitConfig limit) {
        if (limit instanceof NetworkLimitConfig.Asked asked && asked.denies()) {
            clusters.keepConnected(asked.service().cluster(), workers);
        }
    }

    @Override
    public List<AccessLogger> loggers(ListenerConfig listener) {
        return withDecisions(listener.accessLogs());
    }

    private List<AccessLogger> loggers(List<AccessLogConfig> configs) {
        return configs.stream().map(this::logger).toList();
    }

    /// What ends is told to the access logs, and kept for explanations.
    private List<AccessLogger> withDecisions(List<AccessLogConfig> configs) {
        List<AccessLogger> all = new ArrayList<>(loggers(configs));
        if (decisions.kept()) {
            all.add(decisions);
        }
        return all;
    }

    private AccessLogger logger(AccessLogConfig config) {
        return switch (config) {
            case AccessLogConfig.File file -> accessLogs.open(file, around);
            case AccessLogConfig.Collected collected -> collectedLogs.open(collected, around);
        };
    }

    private @Nullable IstioMetrics istio(ListenerConfig listener, FilterChainConfig chain) {
        for (NetworkFilterConfig filter : chain.filters()) {
            if (filter instanceof NetworkFilterConfig.IstioStats(var config)) {
                return istio.of(
                        listener.direction() == Direction.INBOUND
                                ? IstioMetrics.Reporter.DESTINATION
                                : IstioMetrics.Reporter.SOURCE,
                        config);
            }
        }
        return null;
    }

    private LiveRoutes routesOf(HttpConnectionManagerConfig config) {
        return switch (config.routes()) {
            case HttpConnectionManagerConfig.RouteSource.Inline(var inline) ->
                new LiveRoutes(new RouteTable(inline, stats));
            case HttpConnectionManagerConfig.RouteSource.Discovered(String name) -> routes.named(name);
        };
    }
}
