package dev.lateen.proxy.control;

import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.net.grpc.GrpcRequest;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.xds.SnapshotAssembler;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.client.AdsClient;
import dev.lateen.xds.client.AdsClientSettings;
import dev.lateen.xds.client.AdsListener;
import dev.lateen.xds.client.AdsTransport;
import dev.lateen.xds.client.Answer;
import dev.lateen.xds.client.ApplicationHealth;
import dev.lateen.xds.client.ClientLoop;
import dev.lateen.xds.client.GrpcAdsTransport;
import dev.lateen.xds.client.ResourceUpdate;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The proxy's end of discovery: asks for what the bootstrap says and for what those resources refer to, hands answers
/// to the assembler, and reports what was refused. While the control plane is away the last configuration stays in
/// force.
///
/// Thread: chores loop.
public final class DiscoveryStream implements AdsListener {
    private static final System.Logger LOG = System.getLogger(DiscoveryStream.class.getName());

    private final DiscoveryConfig config;
    private final SnapshotAssembler assembler;
    private final AdsClient client;
    private boolean complained;

    private DiscoveryStream(
            BootstrapConfig bootstrap,
            DiscoveryConfig config,
            AdsTransport transport,
            EventLoop chores,
            SnapshotAssembler assembler) {
        this.config = config;
        this.assembler = assembler;
        AdsClientSettings settings = AdsClientSettings.of(bootstrap.node());
        this.client = new AdsClient(
                config.delta() ? settings : settings.stateOfTheWorld(),
                transport,
                new Loop(chores),
                new SplittableRandom(),
                this);
    }

    /// @param own certificate as it is now
    public static DiscoveryStream create(
            BootstrapConfig bootstrap,
            DiscoveryConfig config,
            EventLoops choresLoops,
            KnownRoots known,
            Supplier<Optional<WorkloadCertificate>> own,
            Clusters clusters,
            SnapshotAssembler assembler) {
        EventLoop chores = choresLoops.at(0);
        AdsTransport transport = switch (config.target()) {
            case DiscoveryConfig.Target.StaticCluster(String name) ->
                new GrpcAdsTransport(new ClusterConnections(clusters, chores, name), GrpcRequest.of("http", name, "/"));
            case DiscoveryConfig.Target.Server(var address) -> {
                ServerConnections connections = new ServerConnections(choresLoops, address, known, own);
                yield (path, events) -> withToken(connections).open(path, events);
            }
        };
        return new DiscoveryStream(bootstrap, config, transport, chores, assembler);
    }

    /// The token may have been replaced since the last stream.
    static AdsTransport withToken(ServerConnections connections) {
        GrpcRequest request = GrpcRequest.of(connections.scheme(), connections.authority(), "/");
        String token = connections.token();
        return new GrpcAdsTransport(
                connections, token.isEmpty() ? request : request.with("authorization", "Bearer " + token));
    }

    public void start() {
        if (config.clusters()) {
            client.subscribeToAll(ResourceType.CLUSTER);
        }
        if (config.listeners()) {
            client.subscribeToAll(ResourceType.LISTENER);
        }
        if (config.names()) {
            client.subscribeToAll(ResourceType.NAME_TABLE);
        }
        assembler.subscriptions(client::subscribe);
        client.start();
    }

    /// Tells the control plane how the application is.
    public void report(ApplicationHealth health) {
        client.report(health);
    }

    public void close() {
        client.close();
    }

    public boolean isConnected() {
        return client.isConnected();
    }

    @Override
    public Answer onUpdate(ResourceUpdate update) {
        Map<String, String> refused = assembler.update(update);
        refused.forEach((name, reason) -> LOG.log(
                System.Logger.Level.WARNING,
                "refused {0} {1}: {2}",
                update.type().shortName(),
                name,
                reason));
        return refused.isEmpty() ? Answer.ACCEPTED : new Answer(new TreeMap<>(refused));
    }

    @Override
    public void onConnected() {
        complained = false;
        LOG.log(System.Logger.Level.INFO, "connected to the control plane");
    }

    @Override
    public void onDisconnected(String reason, boolean everConnected) {
        if (!complained || everConnected) {
            complained = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "control plane: {0}; trying again, and going on with the last configuration",
                    reason);
        }
    }

    @Override
    public void onMalformed(ResourceType type, String reason) {
        LOG.log(System.Logger.Level.WARNING, "unreadable {0} response: {1}", type.shortName(), reason);
    }

    record Loop(EventLoop chores) implements ClientLoop {
        @Override
        public void execute(Runnable task) {
            chores.execute(task);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // never cancelled
        public void after(Duration delay, Runnable task) {
            chores.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
