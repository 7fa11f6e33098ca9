package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.ProtoJson;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClusterDecoderTest {
    private static final ClusterDecoder DECODER = new ClusterDecoder((_, at) -> {
        throw at.refuse("no TLS here");
    });

    private static Decoded<ClusterConfig> decode(String json) throws Exception {
        return DECODER.decode(new ProtoJson().parse(json, Cluster.newBuilder()).build());
    }

    private static ClusterConfig ok(String json) throws Exception {
        return decode(json).orRefuse();
    }

    private static String reason(String json) throws Exception {
        return switch (decode(json)) {
            case Decoded.Ok<ClusterConfig> ok -> "accepted " + ok;
            case Decoded.Rejected<ClusterConfig>(String reason) -> reason;
        };
    }

    @Test
    void decodesWhatIstioSends() throws Exception {
        ClusterConfig config = ok("""
                {"name":"outbound|80||a.default.svc.cluster.local","type":"EDS","connectTimeout":"10s",
                 "edsClusterConfig":{"edsConfig":{"ads":{},"resourceApiVersion":"V3"},"serviceName":"outbound|80||a"},
                 "lbPolicy":"LEAST_REQUEST",
                 "commonLbConfig":{"localityWeightedLbConfig":{},"healthyPanicThreshold":{}},
                 "circuitBreakers":{"thresholds":[{"maxConnections":4294967295,"maxRetries":5,"trackRemaining":true}]},
                 "outlierDetection":{"consecutive5xx":3,"baseEjectionTime":"60s","enforcingSuccessRate":0},
                 "typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{
                   "@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                   "commonHttpProtocolOptions":{"idleTimeout":"30s"},
                   "useDownstreamProtocolConfig":{"httpProtocolOptions":{},"http2ProtocolOptions":{"maxConcurrentStreams":50}}}},
                 "metadata":{"filterMetadata":{"istio":{"services":[{"host":"a.default.svc.cluster.local","name":"a","namespace":"default"}]}}}}
                """);

        assertThat(config.discovery()).isEqualTo(new Discovery.Eds("outbound|80||a"));
        assertThat(config.loadBalancing().policy()).isEqualTo(new LbPolicy.LeastRequest(2, 1));
        assertThat(config.loadBalancing().panicThreshold()).isZero();
        assertThat(config.breakers().standard().maxConnections()).isEqualTo(Integer.MAX_VALUE);
        assertThat(config.outlier().consecutive().serverErrors()).isEqualTo(3);
        assertThat(config.http().protocol()).isEqualTo(HttpOptions.Protocol.USE_DOWNSTREAM);
        assertThat(config.http().http2().maxConcurrentStreams()).isEqualTo(50);
        assertThat(Services.of(config).name()).isEqualTo("a");
    }

    @Test
    void keepsTheSpellingOfNamesWhereItIsToldTo() throws Exception {
        String options = """
                {"name":"a","type":"STATIC",
                 "typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{
                   "@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                   "explicitHttpConfig":{"httpProtocolOptions":{"headerKeyFormat":%s}}}}}
                """;
        String preserving = "{\"statefulFormatter\":{\"name\":\"preserve_case\",\"typedConfig\":{\"@type\":"
                + "\"type.googleapis.com/envoy.extensions."
                + "http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig\"}}}";
        assertThat(ok(options.formatted(preserving)).http().keepsSpelling()).isTrue();
        assertThat(ok(options.formatted("{}")).http().keepsSpelling()).isFalse();
        String other = preserving.replace(
                "http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig",
                "request_id.uuid.v3.UuidRequestIdConfig");
        assertThat(reason(options.formatted(other))).contains("UuidRequestIdConfig");
    }

    @Test
    void decodesTheSameResourceToEqualConfigurations() throws Exception {
        String json = "{\"name\":\"a\",\"type\":\"ORIGINAL_DST\",\"lbPolicy\":\"CLUSTER_PROVIDED\"}";
        assertThat(ok(json)).isEqualTo(ok(json));
    }

    @Test
    void namesWhatIsNotSupported() throws Exception {
        assertThat(reason("{\"name\":\"a\",\"lrsServer\":{\"self\":{}}}")).contains("cluster 'a': lrs_server");
        assertThat(reason("{\"name\":\"a\",\"healthChecks\":[{}]}")).contains("health_checks[0]");
        String check =
                "\"healthChecks\":[{\"timeout\":\"1s\",\"interval\":\"1s\",\"healthyThreshold\":1,\"unhealthyThreshold\":1,";
        assertThat(reason("{\"name\":\"a\"," + check + "\"grpcHealthCheck\":{}}]}"))
                .contains("health_checks: grpc_health_check needs");
        assertThat(reason("{\"name\":\"a\",\"type\":\"ORIGINAL_DST\",\"lbPolicy\":\"CLUSTER_PROVIDED\"," + check
                        + "\"tcpHealthCheck\":{}}]}"))
                .contains("health_checks: hosts that only requests name");
        assertThat(reason(
                        balanced("random.v3.Random", "{\"zoneAwareLbConfig\":{\"forceLocalityDirectRouting\":true}}")))
                .contains("force_locality_direct_routing");
    }

    private static String balanced(String policy, String localities) {
        String type = "envoy.extensions.load_balancing_policies." + policy;
        return """
                {"name":"a","loadBalancingPolicy":{"policies":[{"typedExtensionConfig":{"name":"p","typedConfig":
                 {"@type":"type.googleapis.com/TYPE","localityLbConfig":LOCALITIES}}}]}}
                """.replace("TYPE", type).replace("LOCALITIES", localities);
    }

    @Test
    void readsHowFarZonesCount() throws Exception {
        String settings = "{\"routingEnabled\":{\"value\":40},\"minClusterSize\":3,\"failTrafficOnPanic\":true}";
        LoadBalancing old = ok("{\"name\":\"a\",\"commonLbConfig\":{\"zoneAwareLbConfig\":" + settings + "}}")
                .loadBalancing();
        LoadBalancing extension = ok(balanced("random.v3.Random", "{\"zoneAwareLbConfig\":" + settings + "}"))
                .loadBalancing();
        for (LoadBalancing read : List.of(old, extension)) {
            assertThat(read.zones()).isEqualTo(new ZoneAwareness(40, 3));
            assertThat(read.failOnPanic()).isTrue();
        }
    }

    @Test
    void countsZonesUnlessSomethingElseIsSaid() throws Exception {
        assertThat(ok("{\"name\":\"a\"}").loadBalancing().zones()).isEqualTo(ZoneAwareness.DEFAULT);
        assertThat(ok(balanced("random.v3.Random", "{}")).loadBalancing().zones())
                .isEqualTo(ZoneAwareness.DEFAULT);
        for (String other : List.of(
                "\"lbPolicy\":\"MAGLEV\"",
                "\"commonLbConfig\":{\"localityWeightedLbConfig\":{}}",
                "\"commonLbConfig\":{\"zoneAwareLbConfig\":{\"routingEnabled\":{}}}")) {
            assertThat(ok("{\"name\":\"a\"," + other + "}")
                            .loadBalancing()
                            .zones()
                            .isOff())
                    .isTrue();
        }
    }

    @Test
    void refusesNamesWhereNobodyResolvesThem() throws Exception {
        assertThat(reason("""
                {"name":"a","type":"STATIC","loadAssignment":{"clusterName":"a","endpoints":[{"lbEndpoints":[{"endpoint":
                 {"address":{"socketAddress":{"address":"example.com","portValue":80}}}}]}]}}
                """)).contains("example.com", "STRICT_DNS");
    }

    @Test
    void readsTheWorkloadBehindAnEndpoint() throws Exception {
        ClusterLoadAssignment assignment =
                new ProtoJson().parse("""
                        {"clusterName":"a","endpoints":[{"lbEndpoints":[{"endpoint":
                         {"address":{"socketAddress":{"address":"10.0.0.1","portValue":80}}},
                         "metadata":{"filterMetadata":{"istio":{"workload":"reviews-v2;default;reviews;v2;Kubernetes"}}}}]}]}
                        """, ClusterLoadAssignment.newBuilder()).build();
        EndpointConfig endpoint = EndpointDecoder.decode(assignment)
                .orRefuse()
                .localities()
                .getFirst()
                .endpoints()
                .getFirst();
        assertThat(endpoint.peer().workload()).isEqualTo("reviews-v2");
        assertThat(endpoint.peer().canonicalRevision()).isEqualTo("v2");
        assertThat(endpoint.peer().cluster()).isEqualTo("Kubernetes");
    }

    @Test
    void refusesOverloadDropsByName() {
        ClusterLoadAssignment assignment = ClusterLoadAssignment.newBuilder()
                .setClusterName("a")
                .setPolicy(ClusterLoadAssignment.Policy.newBuilder()
                        .addDropOverloads(ClusterLoadAssignment.Policy.DropOverload.newBuilder()
                                .setCategory("x")))
                .build();
        assertThat(EndpointDecoder.decode(assignment).toString()).contains("policy.drop_overloads");
    }

    @Test
    void listsOnlyFieldsThatExist() {
        assertThat(ClusterFields.CLUSTERS.unknownNames(Cluster.getDescriptor())).isEmpty();
        assertThat(ClusterFields.CLUSTERS.unknownNames(
                        io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.getDescriptor()))
                .isEmpty();
        assertThat(ClusterFields.ENDPOINTS.unknownNames(ClusterLoadAssignment.getDescriptor()))
                .isEmpty();
    }
}
