package dev.lateen.proxy;

import com.google.protobuf.Message;
import dev.lateen.proxy.admin.AdminBackend;
import dev.lateen.proxy.admin.OwnSecrets;
import dev.lateen.proxy.bootstrap.ProxyVersion;
import dev.lateen.proxy.listener.ActiveListener;
import dev.lateen.xds.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What the admin API shows of this process.
///
/// Thread: chores loop.
final class ProcessAdmin implements AdminBackend {
    private final ProxyProcess process;
    private boolean failing;

    ProcessAdmin(ProxyProcess process) {
        this.process = process;
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
