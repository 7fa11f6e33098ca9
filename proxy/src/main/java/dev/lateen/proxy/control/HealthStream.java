package dev.lateen.proxy.control;

import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.xds.client.AdsClient;
import dev.lateen.xds.client.AdsClientSettings;
import dev.lateen.xds.client.AdsListener;
import dev.lateen.xds.client.Answer;
import dev.lateen.xds.client.ApplicationHealth;
import dev.lateen.xds.client.ResourceUpdate;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Tells the control plane how the application is, for an agent whose Envoy has a stream of its own. The node says so,
/// lest this counts as another proxy.
///
/// Thread: any; what is said goes out on the chores loop.
public final class HealthStream {
    private final EventLoops loops;
    private final AdsClient client;

    /// @param own certificate as it is now
    public HealthStream(
            BootstrapConfig bootstrap,
            ServerAddress server,
            EventLoops loops,
            KnownRoots known,
            Supplier<Optional<WorkloadCertificate>> own) {
        this.loops = loops;
        ServerConnections connections = new ServerConnections(loops, server, known, own);
        AdsClientSettings settings = AdsClientSettings.of(bootstrap.nodeFor("health"));
        boolean delta = bootstrap.discovery().map(DiscoveryConfig::delta).orElse(true);
        this.client = new AdsClient(
                delta ? settings : settings.stateOfTheWorld(),
                (path, events) -> DiscoveryStream.withToken(connections).open(path, events),
                new DiscoveryStream.Loop(loops.at(0)),
                new SplittableRandom(),
                new Listener());
    }

    /// The stream opens with the first report: one that says nothing is closed.
    public void report(ApplicationHealth health) {
        loops.at(0).execute(() -> {
            client.report(health);
            client.start();
        });
    }

    /// Envoy's own stream complains where the control plane is away.
    private static final class Listener implements AdsListener {
        @Override
        public Answer onUpdate(ResourceUpdate update) {
            return Answer.ACCEPTED; // never asked for
        }
    }
}
