package dev.lateen.translate.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.EnvoyFilter;
import dev.lateen.model.istio.EnvoyFilter.Context;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.translate.message.MessageMerge;
import dev.lateen.translate.message.MessageReader;
import dev.lateen.xds.EnvoyTypes;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.redis_proxy.v3.RedisProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerPatchesTest {
    private static final String LISTENER = """
            name: "6379"
            address: {socket_address: {address: 0.0.0.0, port_value: 6379}}
            listener_filters: [{name: envoy.filters.listener.proxy_protocol}]
            filter_chains:
            - filter_chain_match: {server_names: [foo.com], application_protocols: [h2, http/1.1], transport_protocol: tls}
              filters: [{name: a}, {name: b}]
              transport_socket:
                name: envoy.transport_sockets.tls
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                  require_client_certificate: true
                  common_tls_context: {alpn_protocols: [h2]}
            - filters:
              - name: envoy.filters.network.redis_proxy
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy
                  stat_prefix: redis
                  settings: {op_timeout: 5s, enable_hashtagging: true}
            default_filter_chain:
              filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  http_filters:
                  - {name: envoy.filters.http.jwt_authn}
                  - {name: envoy.filters.http.rbac}
                  - {name: istio.stats}
                  - {name: envoy.filters.http.router}
            """;

    private final EnvoyTypes types = new EnvoyTypes();
    private final MessageReader reader = new MessageReader(types);

    private Optional<Listener> patched(String patches) {
        String yaml = """
                apiVersion: networking.istio.io/v1alpha3
                kind: EnvoyFilter
                metadata: {name: a, namespace: default}
                spec:
                  configPatches:
                %s""".formatted(patches.indent(2));
        RawResource resource = ResourceReader.create().read(yaml, "a.yaml").stream()
                .map(parsed -> {
                    assertThat(parsed).isInstanceOf(ParsedResource.Valid.class);
                    return ((ParsedResource.Valid) parsed).resource();
                })
                .toList()
                .getFirst();
        PatchCompiler.Compiled compiled =
                new PatchCompiler(reader).compile(EnvoyFilter.bind(resource).value());
        assertThat(compiled.problems()).isEmpty();
        ProxyPatches mine = new ProxyPatches(compiled.patches(), Context.SIDECAR_OUTBOUND, new PatchNotes());
        return new ListenerPatches(mine, new MessageMerge(types), routes -> routes).apply(listener());
    }

    private Listener listener() {
        Listener.Builder builder = Listener.newBuilder();
        List<Diagnostic> problems = new ArrayList<>();
        var tree = ((YamlDocument.Read) new YamlReader(YamlLimits.DEFAULT)
                        .read(LISTENER, "listener")
                        .getFirst())
                .root();
        reader.read(tree, builder, "", problems);
        assertThat(problems).isEmpty();
        return builder.build();
    }

    private static List<String> names(FilterChain chain) {
        return chain.getFiltersList().stream().map(Filter::getName).toList();
    }

    private static <M extends Message> M unpacked(com.google.protobuf.Any any, Class<M> type) {
        try {
            return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static String network(String operation, String filter, String value) {
        return """
                - applyTo: NETWORK_FILTER
                  match: {listener: {filterChain: {sni: foo.com%s}}}
                  patch: {operation: %s%s}
                """.formatted(
                        filter.isEmpty() ? "" : ", filter: {name: " + filter + "}",
                        operation,
                        value.isEmpty() ? "" : ", value: {name: " + value + "}");
    }

    @ParameterizedTest
    @CsvSource({
        "ADD, '', x, a b x",
        "INSERT_FIRST, '', x, x a b",
        "INSERT_BEFORE, b, x, a x b",
        "INSERT_BEFORE, '', x, x a b",
        "INSERT_BEFORE, missing, x, a b",
        "INSERT_AFTER, a, x, a x b",
        "INSERT_AFTER, '', x, a b x",
        "INSERT_AFTER, missing, x, a b",
        "REPLACE, a, x, x b",
        "REPLACE, missing, x, a b",
        "REPLACE, '', x, a b",
        "REMOVE, a, '', b",
    })
    void placesFilters(String operation, String filter, String value, String expected) {
        Listener now = patched(network(operation, filter, value)).orElseThrow();

        assertThat(names(now.getFilterChains(0))).containsExactly(expected.split(" "));
        assertThat(names(now.getFilterChains(1))).containsExactly("envoy.filters.network.redis_proxy");
    }

    @ParameterizedTest
    @CsvSource({
        "UNSPECIFIED, jwt_authn rbac stats x router",
        "AUTHN, jwt_authn x rbac stats router",
        "AUTHZ, jwt_authn rbac x stats router",
        "STATS, jwt_authn rbac x stats router",
    })
    void placesHttpFiltersByTheirClass(String filterClass, String expected) {
        Listener now = patched("""
                        - applyTo: HTTP_FILTER
                          patch: {operation: ADD, filterClass: %s, value: {name: x}}
                        """.formatted(filterClass)).orElseThrow();

        assertThat(httpFilters(now)).containsExactly(expected.split(" "));
    }

    private static List<String> httpFilters(Listener listener) {
        return unpacked(listener.getDefaultFilterChain().getFilters(0).getTypedConfig(), HttpConnectionManager.class)
                .getHttpFiltersList()
                .stream()
                .map(HttpFilter::getName)
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .toList();
    }

    @Test
    void findsFiltersByTheirFormerNames() {
        Listener now = patched("""
                        - applyTo: HTTP_FILTER
                          match: {listener: {filterChain: {filter: {name: envoy.http_connection_manager, subFilter: {name: envoy.router}}}}}
                          patch: {operation: INSERT_BEFORE, value: {name: x}}
                        """).orElseThrow();

        assertThat(httpFilters(now)).containsExactly("jwt_authn", "rbac", "stats", "x", "router");
    }

    @Test
    void mergesIntoTheConfigurationOfAFilter() {
        Listener now = patched("""
                        - applyTo: NETWORK_FILTER
                          match: {listener: {portNumber: 6379, filterChain: {filter: {name: envoy.filters.network.redis_proxy}}}}
                          patch:
                            operation: MERGE
                            value:
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy
                                settings: {op_timeout: 0.2s}
                        """).orElseThrow();

        RedisProxy redis = unpacked(now.getFilterChains(1).getFilters(0).getTypedConfig(), RedisProxy.class);
        assertThat(redis.getStatPrefix()).isEqualTo("redis");
        assertThat(redis.getSettings().getEnableHashtagging()).isTrue();
        assertThat(redis.getSettings().getOpTimeout().getSeconds()).isZero();
        assertThat(redis.getSettings().getOpTimeout().getNanos()).isEqualTo(200_000_000);
    }

    @Test
    void mergesOneTransportSocketAndReplacesAnother() {
        Listener now = patched("""
                        - applyTo: FILTER_CHAIN
                          match: {listener: {filterChain: {transportProtocol: tls}}}
                          patch:
                            operation: MERGE
                            value:
                              transport_socket:
                                name: envoy.transport_sockets.tls
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                                  common_tls_context: {tls_params: {tls_minimum_protocol_version: TLSv1_3}}
                        - applyTo: FILTER_CHAIN
                          match: {listener: {filterChain: {name: other}}}
                          patch: {operation: REMOVE}
                        """).orElseThrow();
        DownstreamTlsContext tls =
                unpacked(now.getFilterChains(0).getTransportSocket().getTypedConfig(), DownstreamTlsContext.class);
        assertThat(tls.getRequireClientCertificate().getValue()).isTrue();
        assertThat(tls.getCommonTlsContext().getAlpnProtocolsList()).containsExactly("h2");
        assertThat(tls.getCommonTlsContext()
                        .getTlsParams()
                        .getTlsMinimumProtocolVersion()
                        .name())
                .isEqualTo("TLSv1_3");

        Listener other = patched("""
                        - applyTo: FILTER_CHAIN
                          match: {listener: {filterChain: {transportProtocol: tls}}}
                          patch: {operation: MERGE, value: {transport_socket: {name: envoy.transport_sockets.raw_buffer}}}
                        """).orElseThrow();
        assertThat(other.getFilterChains(0).getTransportSocket().hasTypedConfig())
                .isFalse();
    }

    @Test
    void listsGrowUnlessTheyAreReplaced() {
        String patch = """
                - applyTo: FILTER_CHAIN
                  match: {listener: {filterChain: {applicationProtocols: "h2,http/1.1"}}}
                  patch: {operation: %s, value: {filter_chain_match: {server_names: [bar.com]}}}
                """;

        assertThat(serverNames(patched(patch.formatted("MERGE")))).containsExactly("foo.com", "bar.com");
        assertThat(serverNames(patched(patch.formatted("MERGE_AND_REPLACE_LIST"))))
                .containsExactly("bar.com");
    }

    private static List<String> serverNames(Optional<Listener> listener) {
        return listener.orElseThrow().getFilterChains(0).getFilterChainMatch().getServerNamesList();
    }

    @Test
    void removesChainsAndListeners() {
        assertThat(patched("""
                        - applyTo: FILTER_CHAIN
                          match: {listener: {filterChain: {sni: foo.com}}}
                          patch: {operation: REMOVE}
                        """).orElseThrow().getFilterChainsCount()).isEqualTo(1);
        assertThat(patched("""
                        - applyTo: LISTENER
                          match: {listener: {portNumber: 6379}}
                          patch: {operation: REMOVE}
                        """)).isEmpty();
        assertThat(patched("""
                        - applyTo: LISTENER
                          match: {listener: {portNumber: 80}}
                          patch: {operation: REMOVE}
                        """)).contains(listener());
    }

    @Test
    void listenerFiltersHaveAnOrder() {
        Listener now = patched("""
                        - applyTo: LISTENER_FILTER
                          match: {listener: {listenerFilter: envoy.filters.listener.proxy_protocol}}
                          patch: {operation: INSERT_BEFORE, value: {name: before}}
                        - applyTo: LISTENER_FILTER
                          match: {listener: {listenerFilter: envoy.filters.listener.proxy_protocol}}
                          patch: {operation: INSERT_AFTER, value: {name: after}}
                        """).orElseThrow();

        assertThat(now.getListenerFiltersList().stream().map(ListenerFilter::getName))
                .containsExactly("before", "envoy.filters.listener.proxy_protocol", "after");
    }

    @Test
    void whatIsMeantForAnotherContextChangesNothing() {
        assertThat(patched("""
                        - applyTo: LISTENER
                          match: {context: GATEWAY}
                          patch: {operation: REMOVE}
                        - applyTo: NETWORK_FILTER
                          match: {context: SIDECAR_INBOUND}
                          patch: {operation: INSERT_FIRST, value: {name: x}}
                        """)).contains(listener());
    }
}
