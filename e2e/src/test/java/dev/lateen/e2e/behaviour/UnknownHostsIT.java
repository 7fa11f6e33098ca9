package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.acceptance.Seat;
import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// `outboundTrafficPolicy` of the mesh with the mode `ALLOW_ANY_DYNAMIC_DNS`: a sidecar's HTTP proxy is asked for hosts
/// that no resource names, with and without the policy's `tls`. What is redirected to the sidecar asks `LookedUpIT`.
@ParameterizedClass
@EnumSource(DataPlane.class)
class UnknownHostsIT {
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                proxyHttpPort: %d
                connectTimeout: 1s
                outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS%s}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: known, namespace: default}
            spec:
              hosts: [known.names.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 127.0.0.1, ports: {http: %d}}]
            """;

    private static NameServer names;
    private static Upstream one;
    private static Upstream two;
    private static RunningProxy plain;
    private static RunningProxy secured;
    private static int plainPort;
    private static int securedPort;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        names = new NameServer();
        one = Upstream.saying("one");
        two = Upstream.saying("two");
        for (String name : List.of("one", "two", "server")) {
            names.put(name + ".names.test", "127.0.0.1");
        }
        plainPort = Ports.free();
        plain = plane.start(translated(plane, plainPort, ""));
        Certificates certificates = Certificates.create();
        securedPort = Ports.free();
        secured = plane.start(translated(plane, securedPort, ", tls: {mode: SIMPLE, insecureSkipVerify: true}")
                .listener("server", """
                        filter_chains: [{filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                          common_tls_context: {tls_certificates: [%s]}}}}]""".formatted(
                                Bootstrap.manager(
                                        "server",
                                        "",
                                        "",
                                        "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: secured}}}]}"),
                                certificates.pair("server"))));
    }

    private static Bootstrap translated(DataPlane plane, int port, String tls) throws IOException {
        String resolver = """
                "typed_dns_resolver_config": {"name": "envoy.network.dns_resolver.cares", "typed_config": {
                  "@type": "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
                  "resolvers": [{"socket_address": {"address": "127.0.0.1", "port_value": %d}}]}}""".formatted(names.port());
        return TranslatedGateway.bootstrap(
                Seat.SIDECAR,
                MESH.formatted(port, tls, two.port()),
                plane.nodeMetadata(),
                List.of(port),
                text -> text.replace("_dfp_dns_cache\"", "_dfp_dns_cache\", " + resolver));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        plain.close();
        secured.close();
        one.close();
        two.close();
        names.close();
    }

    private static Reply get(int proxy, String authority) throws IOException {
        return new HttpClient(proxy).get("http://" + authority + "/", "host: " + authority);
    }

    @Test
    void goesToWhomARequestNames() throws IOException {
        assertThat(get(plainPort, "one.names.test:" + one.port()).body()).isEqualTo("one");
        assertThat(get(plainPort, "two.names.test:" + two.port()).body()).isEqualTo("two");
        assertThat(get(plainPort, "127.0.0.1:" + two.port()).body()).isEqualTo("two");
    }

    @Test
    void refusesWhatHasNoAddress() throws IOException {
        assertThat(get(plainPort, "absent.names.test:" + one.port()).status()).isEqualTo(503);
    }

    /// Its name has no address that a name server would tell.
    @Test
    void leavesKnownHostsToTheirResources() throws IOException {
        assertThat(get(plainPort, "known.names.test").body()).isEqualTo("two");
        assertThat(names.asked("known.names.test")).isZero();
    }

    @Test
    void beginsTlsWhereThePolicySaysSo() throws Exception {
        assertThat(get(securedPort, "server.names.test:" + secured.port("server"))
                        .body())
                .isEqualTo("secured");
        // Who speaks no TLS cannot be reached then.
        assertThat(get(securedPort, "one.names.test:" + one.port()).status()).isEqualTo(503);
    }
}
