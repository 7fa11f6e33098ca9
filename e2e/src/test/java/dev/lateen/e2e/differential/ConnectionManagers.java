package dev.lateen.e2e.differential;

import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.RunningProxy;
import java.nio.file.Path;
import java.util.List;

/// Connection managers as Envoy's API has them, each on a listener of its own: `t0`, `t1`, ….
record ConnectionManagers(List<Table> all) implements Side.Configuration {
    /// Calls come several at a time, and must not be in each other's way.
    private static final String RETRIES = "circuit_breakers: {thresholds: [{max_retries: 1024}]}";

    private static final String LOG = """
            {name: envoy.access_loggers.file, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s",
              log_format: {text_format_source: {inline_string: "%s"}}}}""";

    /// Filters before the router.
    private static final String FILTERS =
            "{name: %s, typed_config: {%scors.v3.Cors}}, {name: %s, typed_config: {%sfault.v3.HTTPFault}},"
                    .formatted(RouteTables.CORS, RouteTables.TYPE, RouteTables.FAULT, RouteTables.TYPE);

    /// A connection manager's fields and its virtual hosts.
    record Table(String fields, String hosts) {}

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public Bootstrap bootstrap(DataPlane plane, Recorder servers, Path log) {
        Bootstrap bootstrap = new Bootstrap().alsoLog(LOG.formatted(log, Side.LOG_FORMAT));
        for (String name : RouteTables.SERVERS) {
            String protocol = servers.isHttp2(name) ? Bootstrap.HTTP2 : "connect_timeout: 1s";
            bootstrap.cluster(name, protocol + ", " + RETRIES, servers.port(name));
        }
        for (int i = 0; i < all.size(); i++) {
            bootstrap.httpHosts(
                    "t" + i, all.get(i).fields(), FILTERS, all.get(i).hosts());
        }
        return bootstrap;
    }

    @Override
    public int port(int table, DataPlane plane, RunningProxy proxy) {
        return proxy.port("t" + table);
    }

    @Override
    public String text(int table) {
        return all.get(table).fields() + "\n" + all.get(table).hosts();
    }
}
