package dev.lateen.proxy.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What single permissions and principals say, on requests and on connections.
class RbacRulesTest {
    private static final Place AT = Place.resource("listener", "a");

    private static Decoded<NetworkRbacConfig> network(String fields) throws Exception {
        var builder = io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.newBuilder();
        JsonFormat.parser().merge("{\"stat_prefix\": \"a\", " + fields + "}", builder);
        var config = TypedConfig.of(Any.pack(builder.build()), AT);
        return Decoded.of(() -> RbacDecoder.network(config, AT));
    }

    private static String refusal(Decoded<?> decoded) {
        return switch (decoded) {
            case Decoded.Ok<?> _ -> "accepted";
            case Decoded.Rejected<?>(String reason) -> reason;
        };
    }

    private static Decoded<NetworkRbacConfig> allow(String permission, String principal) throws Exception {
        return network("\"rules\": {\"policies\": {\"p\": {\"permissions\": [%s], \"principals\": [%s]}}}"
                .formatted(permission, principal));
    }

    private static boolean allows(String permission, String principal, StreamInfo info) throws Exception {
        return switch (allow(permission, principal)) {
            case Decoded.Ok<NetworkRbacConfig>(NetworkRbacConfig config) ->
                new RbacGate(config.rules(), new Stats(), "a", "namespace").refusal(info) == null;
            case Decoded.Rejected<NetworkRbacConfig>(String reason) -> throw new AssertionError(reason);
        };
    }

    private static StreamInfo from(String... names) {
        StreamInfo info = new StreamInfo();
        info.downstreamTls = true;
        info.downstreamPeerNames = List.of(names);
        return info;
    }

    private static String named(String exact) {
        return "{\"authenticated\": {\"principal_name\": {\"exact\": \"%s\"}}}".formatted(exact);
    }

    @Test
    void takesAnyNameOfTheCertificate() throws Exception {
        StreamInfo info = from("spiffe://a/ns/b/sa/c", "host.test", "CN=x");
        assertThat(allows("{\"any\": true}", named("spiffe://a/ns/b/sa/c"), info))
                .isTrue();
        assertThat(allows("{\"any\": true}", named("host.test"), info)).isTrue();
        assertThat(allows("{\"any\": true}", named("CN=x"), info)).isTrue();
        assertThat(allows("{\"any\": true}", named("spiffe://a/ns/b/sa/d"), info))
                .isFalse();
    }

    @Test
    void knowsNobodyWithoutCertificate() throws Exception {
        String anyName = "{\"authenticated\": {\"principal_name\": {\"safe_regex\": {\"regex\": \".*\"}}}}";
        assertThat(allows("{\"any\": true}", anyName, from())).isFalse();
        assertThat(allows("{\"any\": true}", anyName, new StreamInfo())).isFalse();
    }

    @Test
    void findsClaimsInLists() throws Exception {
        StreamInfo info = new StreamInfo();
        info.metadata().putAll("jwt", Map.of("payload", Map.of("aud", List.of("one", "two"), "n", 3.0)));
        String one = "{\"metadata\": {\"filter\": \"jwt\", \"path\": [{\"key\": \"payload\"}, {\"key\": \"aud\"}],"
                + " \"value\": {\"list_match\": {\"one_of\": {\"string_match\": {\"exact\": \"%s\"}}}}}}";
        assertThat(allows("{\"any\": true}", one.formatted("two"), info)).isTrue();
        assertThat(allows("{\"any\": true}", one.formatted("three"), info)).isFalse();
        String number = "{\"metadata\": {\"filter\": \"jwt\", \"path\": [{\"key\": \"payload\"}, {\"key\": \"n\"}],"
                + " \"value\": {\"double_match\": {\"range\": {\"start\": 3, \"end\": %s}}}}}";
        assertThat(allows("{\"any\": true}", number.formatted("4"), info)).isTrue();
        assertThat(allows("{\"any\": true}", number.formatted("3"), info)).isFalse();
    }

    @Test
    void findsNoPathOnConnections() throws Exception {
        assertThat(allows("{\"url_path\": {\"path\": {\"prefix\": \"\"}}}", "{\"any\": true}", new StreamInfo()))
                .isFalse();
    }

    @Test
    void refusesHeaderRulesForConnections() throws Exception {
        assertThat(refusal(allow("{\"not_rule\": {\"header\": {\"name\": \"x\"}}}", "{\"any\": true}")))
                .contains("rules.policies['p'].permissions[0].not_rule.header: connections have no headers");
    }

    @Test
    void refusesWhatWouldMatchNothingOrEverything() throws Exception {
        assertThat(refusal(allow("{\"any\": false}", "{\"any\": true}"))).contains("any: value: false");
        assertThat(refusal(allow("{\"and_rules\": {}}", "{\"any\": true}"))).contains("and_rules.rules: is empty");
        assertThat(refusal(allow("{\"destination_port\": 70000}", "{\"any\": true}")))
                .contains("destination_port: expected: ports");
    }

    @Test
    void refusesUnknownKindsByName() throws Exception {
        assertThat(refusal(allow("{\"matcher\": {\"name\": \"m\"}}", "{\"any\": true}")))
                .contains("permissions[0].matcher: not supported");
        assertThat(refusal(allow("{\"any\": true}", "{\"custom\": {\"name\": \"m\"}}")))
                .contains("principals[0].custom: not supported");
    }

    @Test
    void refusesTemplatesThatCannotBeRead() throws Exception {
        for (String template : List.of("a", "/**/*", "/{a", "/{a}/{a}", "/<", "/{a=}")) {
            String rule = "{\"uri_template\": {\"name\": \"t\", \"typed_config\": {\"@type\":"
                    + " \"type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig\","
                    + " \"path_template\": \"%s\"}}}";
            var types = com.google.protobuf.TypeRegistry.newBuilder()
                    .add(
                            io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig
                                    .getDescriptor())
                    .build();
            var builder = io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.newBuilder();
            JsonFormat.parser()
                    .usingTypeRegistry(types)
                    .merge(
                            "{\"stat_prefix\": \"a\", \"rules\": {\"policies\": {\"p\": {\"permissions\": ["
                                    + rule.formatted(template) + "], \"principals\": [{\"any\": true}]}}}}",
                            builder);
            var config = TypedConfig.of(Any.pack(builder.build()), AT);
            assertThat(refusal(Decoded.of(() -> RbacDecoder.network(config, AT))))
                    .as(template)
                    .contains("uri_template.typed_config.path_template: ");
        }
    }
}
