package dev.lateen.proxy;

import com.google.protobuf.Message;
import dev.lateen.proxy.admin.AdminBackend;
import dev.lateen.proxy.admin.OwnSecrets;
import dev.lateen.proxy.bootstrap.ProxyVersion;
import dev.lateen.proxy.http.HttpConnectionManagerConfig;
import dev.lateen.proxy.http.LiveRoutes;
import dev.lateen.proxy.listener.ActiveListener;
import dev.lateen.proxy.listener.FilterChainConfig;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.xds.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/// What the admin API shows of this process.
///
/// Thread: chores loop.
final class ProcessAdmin implements AdminBackend {
    private final ProxyProcess process;
    private final Executor chores;
    private boolean failing;

    ProcessAdmin(ProxyProcess process, Executor chores) {
        this.process = process;
        this.chores = chores;
    }

    @Override
    public State state() {
        if (failing || process.runtime().listeners().draining()) {
            return State.DRAINING;
        }
        return process.ready() ? State.LIVE : State.INITIALIZING;
    }

    @Override
    public String version() {
        return ProxyVersion.TEXT;
    }

    @Override
    public List<ListenerView> listeners() {
        List<ListenerView> views = new ArrayList<>();
        for (ActiveListener listener : process.runtime().listeners().all()) {
            String name = listener.config().name();
            views.add(new ListenerView(name, process.runtime().listeners().addresses(name)));
        }
        return views;
    }

    @Override
    public List<Accepted> resources(ResourceType type) {
        List<Accepted> resources = new ArrayList<>();
        if (type == ResourceType.SECRET) {
            resources.addAll(OwnSecrets.of(process.runtime().secrets()));
        }
        process.runtime()
                .assembler()
                .accepted(type)
                .forEach(entry -> resources.add(new Accepted(
                        entry.received().name(),
                        entry.received().version(),
                        entry.received().resource(),
                        entry.at(),
                        entry.fixed())));
        return resources;
    }

    @Override
    public Message bootstrap() {
        return process.runtime().bootstrap().resources();
    }

    @Override
    public Optional<RouteTable> routes(String table) {
        return routed().stream()
                .map(Routed::table)
                .filter(routes -> routes.config().name().equals(table))
                .findFirst();
    }

    @Override
    public List<Routed> routed() {
        List<Routed> all = new ArrayList<>();
        for (ActiveListener listener : process.runtime().listeners().all()) {
            for (FilterChainConfig chain : listener.config().allChains()) {
                chain.routes()
                        .flatMap(this::table)
                        .ifPresent(table -> all.add(new Routed(
                                listener.config().name(),
                                listener.config().direction().name(),
                                table)));
            }
        }
        return all;
    }

    private Optional<RouteTable> table(HttpConnectionManagerConfig.RouteSource source) {
        return switch (source) {
            case HttpConnectionManagerConfig.RouteSource.Inline(RouteConfig config) ->
                Optional.of(new RouteTable(config));
            case HttpConnectionManagerConfig.RouteSource.Discovered(String name) ->
                Optional.ofNullable(process.runtime().routes().all().get(name)).map(LiveRoutes::table);
        };
    }

    @Override
    public void later(Runnable action) {
        chores.execute(action);
    }

    @Override
    public Message node() {
        return process.runtime().bootstrap().node();
    }

    @Override
    public String certificates() {
        return OwnSecrets.certificates(process.runtime().secrets(), Instant.now());
    }

    @Override
    public void drainListeners(boolean inboundOnly) {
        process.runtime().listeners().drain(inboundOnly);
    }

    @Override
    public void drain() {
        process.drainListeners();
    }

    @Override
    public void failHealthCheck(boolean fail) {
        failing = fail;
    }

    @Override
    public void quit() {
        process.quit();
    }
}
