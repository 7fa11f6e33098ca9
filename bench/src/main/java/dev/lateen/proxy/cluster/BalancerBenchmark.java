package dev.lateen.proxy.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.DefaultEventLoop;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The host of a request among 99, of which a third is in the zone of this proxy and of each of its kind's two others:
/// at random, by a key, and where zones count; and what it costs to take up a change of such a cluster's hosts.
@State(Scope.Thread)
public class BalancerBenchmark {
    private static final String OWN_KIND = "own";

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Clusters clusters = new Clusters(new ClusterEnvironment(
            loop, new Stats(), new LocalZone(OWN_KIND, new LocalityName("region", "zone-0", ""))));
    private final Picked anywhere;
    private final Picked byZone;
    private final Picked byRing;
    private final Picked byMaglev;

    /// A cluster, and whatever of this thread picks from it.
    private record Picked(Cluster cluster, LoadBalancer balancer) {
        private Picked(Cluster cluster) {
            this(cluster, new LoadBalancer(cluster.config().loadBalancing(), cluster.stats()));
        }

        private @Nullable Host pick(LbContext context) {
            return balancer.pick(cluster.snapshot(), context);
        }

        private HashTable newTable() {
            return HashTable.of(
                    cluster.snapshot().priority(0).healthy(), cluster.config().loadBalancing());
        }
    }

    private record Keyed(long hash) implements LbContext {
        @Override
        public boolean hasHash() {
            return true;
        }
    }

    public BalancerBenchmark() {
        clusters.put(config(OWN_KIND, 1, "\"lb_policy\": \"RANDOM\""));
        String nowhere = ", \"common_lb_config\": {\"zone_aware_lb_config\": {\"routing_enabled\": {\"value\": 0}}}";
        anywhere = new Picked(clusters.put(config("anywhere", 33, "\"lb_policy\": \"RANDOM\"" + nowhere)));
        byZone = new Picked(clusters.put(config("by-zone", 33, "\"lb_policy\": \"RANDOM\"")));
        byRing = new Picked(clusters.put(config("by-ring", 33, "\"lb_policy\": \"RING_HASH\"")));
        byMaglev = new Picked(clusters.put(config("by-maglev", 33, "\"lb_policy\": \"MAGLEV\"")));
    }

    @TearDown
    public void stop() {
        loop.shutdownGracefully();
    }

    /// @param hosts in each of three zones
    private static ClusterConfig config(String name, int hosts, String more) {
        StringBuilder json = new StringBuilder("{\"name\": \"" + name + "\", \"type\": \"STATIC\", " + more
                + ", \"load_assignment\": {\"cluster_name\": \"" + name + "\", \"endpoints\": [");
        for (int zone = 0; zone < 3; zone++) {
            json.append(zone == 0 ? "" : ",")
                    .append("{\"locality\": {\"region\": \"region\", \"zone\": \"zone-" + zone
                            + "\"}, \"lb_endpoints\": [");
            for (int host = 0; host < hosts; host++) {
                json.append(host == 0 ? "" : ",")
                        .append("{\"endpoint\": {\"address\": {\"socket_address\": {\"address\": \"10.0." + zone + "."
                                + (host + 1) + "\", \"port_value\": 80}}}}");
            }
            json.append("]}");
        }
        var decoder = new ClusterDecoder((_, at) -> {
            throw at.unsupported();
        });
        try {
            return decoder.decode(new ProtoJson()
                            .parse(
                                    json.append("]}}").toString(),
                                    io.envoyproxy.envoy.config.cluster.v3.Cluster.newBuilder())
                            .build())
                    .orRefuse();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public @Nullable Object random() {
        return anywhere.pick(LbContext.ANY);
    }

    @Benchmark
    public @Nullable Object zoneAware() {
        return byZone.pick(LbContext.ANY);
    }

    @Benchmark
    public @Nullable Object ringHash() {
        return byRing.pick(new Keyed(ThreadLocalRandom.current().nextLong()));
    }

    @Benchmark
    public @Nullable Object maglev() {
        return byMaglev.pick(new Keyed(ThreadLocalRandom.current().nextLong()));
    }

    /// After each change of endpoints.
    @Benchmark
    public Object ringOfNewHosts() {
        return byRing.newTable();
    }

    @Benchmark
    public Object maglevOfNewHosts() {
        return byMaglev.newTable();
    }
}
