package dev.lateen.proxy;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.dns.DnsServer;
import dev.lateen.proxy.dns.DnsSettings;
import dev.lateen.proxy.dns.LiveNames;
import dev.lateen.proxy.telemetry.Stats;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The name server of a process, where it is to have one. Thread: `start` main; `close` any but an event loop.
final class NameService implements AutoCloseable {
    private final Optional<DnsSettings> settings;
    private final LiveNames table;
    private volatile Optional<DnsServer> server = Optional.empty();

    NameService(Optional<DnsSettings> settings) {
        this.settings = settings;
        this.table = settings.map(DnsSettings::names).orElseGet(LiveNames::unused);
    }

    LiveNames table() {
        return table;
    }

    void start(EventLoops loops, Stats stats) throws ProxyStartException {
        if (settings.isPresent()) {
            try {
                server = Optional.of(DnsServer.start(loops, settings.get(), table, stats));
            } catch (IOException e) {
                throw new ProxyStartException(List.of("name server: " + e.getMessage()));
            }
        }
    }

    @Override
    public void close() {
        server.ifPresent(DnsServer::close);
    }
}
