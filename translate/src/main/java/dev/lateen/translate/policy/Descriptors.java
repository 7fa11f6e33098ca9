package dev.lateen.translate.policy;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import dev.lateen.model.policy.Key;
import dev.lateen.model.policy.RequestMatch;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey.PathSegment;
import java.util.ArrayList;
import java.util.List;

/// How requests of one rule are described to whoever counts: the rule's id first, then a value for each key. A key that
/// the request has no value for is left out, so that all such requests count together.
final class Descriptors {
    static final String RULE = "rule";
    static final String DOMAIN = "lateen";
    private static final String PATH_TEMPLATE = "path_template";
    private static final String JWT = "envoy.filters.http.jwt_authn";
    private static final String CALLER = "connection.uri_san_peer_certificate";
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    private Descriptors() {}

    /// One way in which a rule describes a request; a request fits at most one of a rule's.
    ///
    /// @param entries what the actions produce, in order
    record Variant(List<Action> actions, List<Entry> entries) {
        /// For a virtual host, of whose limits each filter takes those of its own stage.
        RateLimit limit(int stage) {
            return RateLimit.newBuilder()
                    .setStage(UInt32Value.of(stage))
                    .addAllActions(actions)
                    .build();
        }

        /// For a filter of its own, which knows no stages.
        RateLimit limit() {
            return RateLimit.newBuilder().addAllActions(actions).build();
        }
    }

    /// @param value empty where it comes from the request
    /// @param optional whether requests may lack it
    record Entry(String key, String value, boolean optional) {}

    static List<Variant> of(String id, RequestMatch match, List<Key> keys) {
        List<HeaderMatcher> conditions = RequestHeaders.of(match);
        List<String> templates = templates(keys);
        if (templates.isEmpty()) {
            return List.of(variant(id, conditions, keys, ""));
        }
        List<Variant> variants = new ArrayList<>();
        for (int i = 0; i < templates.size(); i++) {
            List<HeaderMatcher> all = new ArrayList<>(conditions);
            all.add(RequestHeaders.path(List.of(templates.get(i))).build());
            if (i > 0) {
                // The first template that matches is the one that counts.
                all.add(RequestHeaders.path(templates.subList(0, i))
                        .setInvertMatch(true)
                        .build());
            }
            variants.add(variant(id, all, keys, templates.get(i)));
        }
        return variants;
    }

    private static List<String> templates(List<Key> keys) {
        for (Key key : keys) {
            if (key instanceof Key.PathTemplates(List<String> templates)) {
                return templates;
            }
        }
        return List.of();
    }

    private static Variant variant(String id, List<HeaderMatcher> conditions, List<Key> keys, String template) {
        List<Action> actions = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        actions.add(conditions.isEmpty() ? fixed(RULE, id) : matching(id, conditions));
        entries.add(new Entry(RULE, id, false));
        for (Key key : keys) {
            Entry entry = entry(key, template);
            entries.add(entry);
            actions.add(action(key, entry));
        }
        return new Variant(List.copyOf(actions), List.copyOf(entries));
    }

    private static Entry entry(Key key, String template) {
        return switch (key) {
            case Key.Identity _ -> new Entry("identity", "", true);
            case Key.Header(String name) -> new Entry("header." + name, "", true);
            case Key.JwtClaim(List<String> path) -> new Entry("claim." + String.join(".", path), "", true);
            case Key.PathTemplates _ -> new Entry(PATH_TEMPLATE, template, false);
            case Key.ClientIp ip -> new Entry(isWhole(ip) ? "remote_address" : "masked_remote_address", "", false);
            case Key.Constant(String value) -> new Entry("constant", value, false);
        };
    }

    private static boolean isWhole(Key.ClientIp ip) {
        return ip.ipv4Bits().isEmpty() && ip.ipv6Bits().isEmpty();
    }

    private static Action action(Key key, Entry entry) {
        Action.Builder action = Action.newBuilder();
        return switch (key) {
            case Key.Identity _ -> action.setExtension(caller(entry.key())).build();
            case Key.Header(String name) ->
                action.setRequestHeaders(Action.RequestHeaders.newBuilder()
                                .setHeaderName(name)
                                .setDescriptorKey(entry.key())
                                .setSkipIfAbsent(true))
                        .build();
            case Key.JwtClaim(List<String> path) ->
                action.setMetadata(claim(entry.key(), path)).build();
            case Key.PathTemplates _, Key.Constant _ -> fixed(entry.key(), entry.value());
            case Key.ClientIp ip -> address(ip);
        };
    }

    private static Action fixed(String key, String value) {
        return Action.newBuilder()
                .setGenericKey(
                        Action.GenericKey.newBuilder().setDescriptorKey(key).setDescriptorValue(value))
                .build();
    }

    private static Action matching(String id, List<HeaderMatcher> conditions) {
        return Action.newBuilder()
                .setHeaderValueMatch(Action.HeaderValueMatch.newBuilder()
                        .setDescriptorKey(RULE)
                        .setDescriptorValue(id)
                        .addAllHeaders(conditions))
                .build();
    }

    private static TypedExtensionConfig caller(String key) {
        return TypedExtensionConfig.newBuilder()
                .setName("envoy.rate_limit_descriptors.expr")
                .setTypedConfig(Any.pack(Descriptor.newBuilder()
                        .setDescriptorKey(key)
                        .setSkipIfError(true)
                        .setText(CALLER)
                        .build()))
                .build();
    }

    private static Action.MetaData claim(String key, List<String> path) {
        MetadataKey.Builder at = MetadataKey.newBuilder()
                .setKey(JWT)
                .addPath(PathSegment.newBuilder().setKey("payload"));
        path.forEach(name -> at.addPath(PathSegment.newBuilder().setKey(name)));
        return Action.MetaData.newBuilder()
                .setDescriptorKey(key)
                .setMetadataKey(at)
                .setSource(Action.MetaData.Source.DYNAMIC)
                .setSkipIfAbsent(true)
                .build();
    }

    private static Action address(Key.ClientIp ip) {
        if (isWhole(ip)) {
            return Action.newBuilder()
                    .setRemoteAddress(Action.RemoteAddress.getDefaultInstance())
                    .build();
        }
        return Action.newBuilder()
                .setMaskedRemoteAddress(Action.MaskedRemoteAddress.newBuilder()
                        .setV4PrefixMaskLen(UInt32Value.of(ip.ipv4Bits().orElse(IPV4_BITS)))
                        .setV6PrefixMaskLen(UInt32Value.of(ip.ipv6Bits().orElse(IPV6_BITS))))
                .build();
    }
}
