package dev.lateen.proxy.http;

import dev.lateen.net.http.ServerHandlerFactory;
import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.http.filter.FilterCatalog;
import dev.lateen.proxy.http.filter.FilterEnvironment;
import dev.lateen.proxy.http.filter.RequestFilter;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// An HTTP connection manager in force: what its connections share.
///
/// Thread: any.
public final class HttpConnectionManager {
    private final HttpConnectionManagerConfig config;
    private final LiveRoutes routes;
    private final HttpEnvironment environment;
    private final List<AccessLogger> loggers;
    private final List<RequestFilter> filters;
    private final HttpStats stats;
    private final RequestSanitizer sanitizer;
    private final Map<EventLoop, HttpWorker> workers = new ConcurrentHashMap<>();
    private volatile boolean draining;

    /// @param routes where the routes of `config.routes()` are kept up to date
    public HttpConnectionManager(
            HttpConnectionManagerConfig config,
            LiveRoutes routes,
            HttpEnvironment environment,
            List<AccessLogger> loggers) {
        this.config = config;
        this.routes = routes;
        this.environment = environment;
        this.loggers = List.copyOf(loggers);
        this.stats = new HttpStats(environment.stats(), config.statPrefix());
        this.sanitizer = new RequestSanitizer(config);
        this.filters = FilterCatalog.create(
                config.filters(),
                new FilterEnvironment(
                        environment.clusters(),
                        environment.stats(),
                        environment.istio(),
                        environment.own(),
                        config.statPrefix()));
    }

    public HttpConnectionManagerConfig config() {
        return config;
    }

    LiveRoutes routes() {
        return routes;
    }

    HttpEnvironment environment() {
        return environment;
    }

    List<AccessLogger> loggers() {
        return loggers;
    }

    List<RequestFilter> filters() {
        return filters;
    }

    HttpStats stats() {
        return stats;
    }

    RequestSanitizer sanitizer() {
        return sanitizer;
    }

    /// What a codec needs to serve a connection.
    public ServerHandlerFactory handlers(DownstreamConnection facts) {
        return connection -> new DownstreamHandler(
                workers.computeIfAbsent(connection.channel().eventLoop(), loop -> new HttpWorker(this, loop)),
                facts,
                connection);
    }

    /// From now on every connection ends after the response that it is about to give.
    public void drain() {
        draining = true;
    }

    boolean draining() {
        return draining;
    }
}
