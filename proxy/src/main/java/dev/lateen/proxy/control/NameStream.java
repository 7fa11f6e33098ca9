package dev.lateen.proxy.control;

import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.proxy.dns.LiveNames;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.client.AdsClient;
import dev.lateen.xds.client.AdsClientSettings;
import dev.lateen.xds.client.AdsListener;
import dev.lateen.xds.client.Answer;
import dev.lateen.xds.client.ResourceUpdate;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Asks the control plane for the table of names alone, for an agent whose Envoy has a stream of its own. The node says
/// so, lest this counts as another proxy.
///
/// Thread: chores loop.
public final class NameStream implements AdsListener {
    private static final System.Logger LOG = System.getLogger(NameStream.class.getName());

    private final LiveNames names;
    private boolean complained;

    private NameStream(LiveNames names) {
        this.names = names;
    }

    /// Starts to follow the control plane, until its loop ends. Thread: any.
    ///
    /// @param own certificate as it is now
    public static void start(
            BootstrapConfig bootstrap,
            ServerAddress server,
            EventLoops loops,
            KnownRoots known,
            Supplier<Optional<WorkloadCertificate>> own,
            LiveNames names) {
        ServerConnections connections = new ServerConnections(loops, server, known, own);
        AdsClientSettings settings = AdsClientSettings.of(bootstrap.nodeFor("names"));
        boolean delta = bootstrap.discovery().map(DiscoveryConfig::delta).orElse(true);
        AdsClient client = new AdsClient(
                delta ? settings : settings.stateOfTheWorld(),
                (path, events) -> DiscoveryStream.withToken(connections).open(path, events),
                new DiscoveryStream.Loop(loops.at(0)),
                new SplittableRandom(),
                new NameStream(names));
        loops.at(0).execute(() -> {
            client.subscribeToAll(ResourceType.NAME_TABLE);
            client.start();
        });
    }

    @Override
    public Answer onUpdate(ResourceUpdate update) {
        Map<String, String> refused = new TreeMap<>();
        for (ResourceUpdate.Received received : update.changed()) {
            names.take(received.resource()).ifPresent(reason -> {
                LOG.log(System.Logger.Level.WARNING, "refused {0}", reason);
                refused.put(received.name(), reason);
            });
        }
        return refused.isEmpty() ? Answer.ACCEPTED : new Answer(refused);
    }

    @Override
    public void onConnected() {
        complained = false;
    }

    @Override
    public void onDisconnected(String reason, boolean everConnected) {
        if (!complained || everConnected) {
            complained = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "names of the mesh: {0}; trying again, and going on with the last ones",
                    reason);
        }
    }
}
