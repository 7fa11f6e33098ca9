package dev.lateen.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// One client, and servers that are at 10.0.0.N. Port 8080 of all is served.
class TlsCheckTest {
    private static final String SDS = "{\"common_tls_context\": {\"tls_certificate_sds_secret_configs\":"
            + " [{\"name\": \"default\"}]}, \"@type\": \"t/UpstreamTlsContext\"}";
    private static final String AUTO = "\"transport_socket_matches\": [{\"name\": \"tlsMode-istio\"}]";
    private static final String MUTUAL = "\"transport_socket\": {\"typed_config\": " + SDS + "}";
    private static final String SIMPLE =
            "\"transport_socket\": {\"typed_config\": {\"@type\": \"t/UpstreamTlsContext\"}}";
    private static final String PLAIN = "\"type\": \"EDS\"";

    private final List<String> clusters = new ArrayList<>();
    private final List<String> endpoints = new ArrayList<>();

    @Test
    void showsWhoAgreesWithWhom() {
        service("auto", AUTO, "", "10.0.0.1", true);
        service("disabled", PLAIN, "off", "10.0.0.2", false);
        service("empty", AUTO, "", "", false);
        service("forced", MUTUAL, "on", "10.0.0.3", false);
        service("outside", SIMPLE, "tls", "192.0.2.1", false);
        service("refusing", MUTUAL, "on", "10.0.0.4", false);
        service("wild", MUTUAL, "on", "192.0.2.2", false);
        assertThat(check("").table()).isEqualTo("""
                        HOST:PORT                                 STATUS       SERVER         CLIENT           AUTHN POLICY             DESTINATION RULE
                        auto.default.svc.cluster.local:80         AUTO         PERMISSIVE     -                -                        -
                        disabled.default.svc.cluster.local:80     CONFLICT     STRICT         DISABLE          default/istio-system     off/default
                        empty.default.svc.cluster.local:80        -            -              -                -                        -
                        forced.default.svc.cluster.local:80       OK           STRICT         ISTIO_MUTUAL     default/istio-system     on/default
                        outside.default.svc.cluster.local:80      OK           -              SIMPLE           -                        tls/default
                        refusing.default.svc.cluster.local:80     CONFLICT     DISABLE        ISTIO_MUTUAL     none/default             on/default
                        wild.default.svc.cluster.local:80         CONFLICT     -              ISTIO_MUTUAL     -                        on/default

                        disabled.default.svc.cluster.local:80: the server takes mutual TLS only and the client sends plaintext (expected: mode ISTIO_MUTUAL, or no 'tls' in the destination rule)
                          server: PeerAuthentication default/istio-system at mesh.yaml:3
                          client: DestinationRule off/default at rules.yaml:7

                        refusing.default.svc.cluster.local:80: the server takes plaintext only and the client sends mutual TLS (expected: mode DISABLE in the destination rule, or another mode at the server)
                          server: PeerAuthentication none/default at ns.yaml:9
                          client: DestinationRule on/default at rules.yaml:7

                        wild.default.svc.cluster.local:80: the client sends mutual TLS to 192.0.2.2:8080, where no sidecar takes it (expected: mode DISABLE in the destination rule, or a sidecar)
                          client: DestinationRule on/default at rules.yaml:7
                        """);
    }

    @Test
    void findsAConflictWithoutARule() {
        service("auto", AUTO, "", "10.0.0.3", false);
        assertThat(check("").rows().getFirst().status()).isEqualTo("CONFLICT");
    }

    @Test
    void showsOnlyTheServiceThatWasAskedFor() {
        service("shop", AUTO, "", "10.0.0.1", true);
        service("shopping", AUTO, "", "10.0.0.1", true);
        assertThat(check("shop").rows()).hasSize(1);
        assertThat(check("shop.default:80").rows()).hasSize(1);
        assertThat(check("shop:81").rows()).isEmpty();
    }

    @Test
    void takesTheListenerOfThePortItselfBeforeTheCommonOne() {
        String own = "{\"listener\": {\"name\": \"10.0.0.1_8080\", \"traffic_direction\": \"INBOUND\", \"address\": "
                + address("10.0.0.1") + ", \"filter_chains\": [" + mutualChain("") + "]}}";
        assertThat(InboundTls.mode(listeners(own + ", " + virtual(openChain(""))), 8080))
                .contains("STRICT");
        assertThat(InboundTls.mode(listeners(own), 9090)).isEmpty();
    }

    @Test
    void takesTheChainsOfThePortBeforeThoseForAnyPort() {
        String match = "\"filter_chain_match\": {\"destination_port\": 8080}, ";
        ConfigDump dump = listeners(virtual(openChain("") + ", " + mutualChain("") + ", " + mutualChain(match)));
        assertThat(InboundTls.mode(dump, 8080)).contains("STRICT");
        assertThat(InboundTls.mode(dump, 8081)).contains("PERMISSIVE");
    }

    private TlsCheck check(String service) {
        String client = """
                {"configs": [
                  {"@type": "t/envoy.admin.v3.ClustersConfigDump", "dynamic_active_clusters": [%s]},
                  {"@type": "t/envoy.admin.v3.EndpointsConfigDump", "dynamic_endpoint_configs": [%s]}]}
                """.formatted(String.join(", ", clusters), String.join(", ", endpoints));
        Map<String, TlsCheck.Server> servers = Map.of(
                "10.0.0.1", server("", openChain("") + ", " + mutualChain("")),
                "10.0.0.2", server("default/istio-system mesh.yaml:3", mutualChain("")),
                "10.0.0.3", server("default/istio-system mesh.yaml:3", mutualChain("")),
                "10.0.0.4", server("none/default ns.yaml:9", openChain("")));
        return TlsCheck.of(
                ConfigDump.parse(client, "client"), service, address -> Optional.ofNullable(servers.get(address)));
    }

    private static TlsCheck.Server server(String policy, String chains) {
        String[] words = policy.split(" ");
        return new TlsCheck.Server(
                "server",
                listeners(virtual(chains)),
                _ -> policy.isEmpty() ? Optional.empty() : Optional.of(new TlsCheck.Policy(words[0], words[1])));
    }

    private static ConfigDump listeners(String listeners) {
        return ConfigDump.parse(
                "{\"configs\": [{\"@type\": \"t/envoy.admin.v3.ListenersConfigDump\", \"static_listeners\": ["
                        + listeners + "]}]}",
                "server");
    }

    private static String virtual(String chains) {
        return "{\"listener\": {\"name\": \"virtualInbound\", \"traffic_direction\": \"INBOUND\", \"filter_chains\": ["
                + chains + "]}}";
    }

    private static String openChain(String match) {
        return "{" + match + "\"name\": \"open\"}";
    }

    private static String mutualChain(String match) {
        return "{" + match + "\"transport_socket\": {\"typed_config\": {\"require_client_certificate\": true}}}";
    }

    private void service(String name, String tls, String rule, String address, boolean mutual) {
        String cluster = "outbound|80||" + name + ".default.svc.cluster.local";
        String metadata = rule.isEmpty()
                ? ""
                : ", \"metadata\": {\"filter_metadata\": {\"istio\": {\"config\":"
                        + " \"/apis/networking.istio.io/v1/namespaces/default/destination-rule/" + rule
                        + "\"}, \"lateen\": {\"file\": \"rules.yaml\", \"line\": 7}}}";
        clusters.add("{\"cluster\": {\"name\": \"" + cluster + "\", " + tls + metadata + "}}");
        if (!address.isEmpty()) {
            String mode = mutual
                    ? ", \"metadata\": {\"filter_metadata\": {\"envoy.transport_socket_match\": {\"tlsMode\":"
                            + " \"istio\"}}}"
                    : "";
            endpoints.add("{\"endpoint_config\": {\"cluster_name\": \"" + cluster
                    + "\", \"endpoints\": [{\"lb_endpoints\": [{\"endpoint\": {\"address\": " + address(address) + "}"
                    + mode
                    + "}]}]}}");
        }
    }

    private static String address(String host) {
        return "{\"socket_address\": {\"address\": \"" + host + "\", \"port_value\": 8080}}";
    }
}
