package dev.lateen.proxy.listener;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig.Version;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Decodes what is looked at before a filter chain is chosen.
final class ListenerFilterDecoder {
    private static final String PREDICATE = "envoy.config.listener.v3.ListenerFilterChainMatchPredicate";
    private static final String PACKAGE = "envoy.extensions.filters.listener.";
    private static final String ORIGINAL_SRC = PACKAGE + "original_src.v3.OriginalSrc";
    private static final String PROXY_PROTOCOL = PACKAGE + "proxy_protocol.v3.ProxyProtocol";

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .message("envoy.config.listener.v3.ListenerFilter", "name", "typed_config", "filter_disabled")
            .message(PREDICATE, "or_match", "and_match", "not_match", "any_match", "destination_port_range")
            .message(PREDICATE + ".MatchSet", "rules")
            .message(ORIGINAL_SRC, "mark")
            .harmless(PACKAGE + "tls_inspector.v3.TlsInspector", "size of a buffer", "initial_read_buffer_size")
            .message(PROXY_PROTOCOL, "allow_requests_without_proxy_protocol", "disallowed_versions")
            .harmless(PROXY_PROTOCOL, "names of statistics", "stat_prefix")
            .build();

    private ListenerFilterDecoder() {}

    static ListenerConfig.ListenerFilters decode(Listener listener, Place at) {
        boolean originalDst = false;
        OptionalInt originalSource = OptionalInt.empty();
        Optional<PortPredicate> tls = Optional.empty();
        Optional<PortPredicate> http = Optional.empty();
        Optional<ProxyProtocolConfig> proxy = Optional.empty();
        for (int index = 0; index < listener.getListenerFiltersCount(); index++) {
            ListenerFilter filter = listener.getListenerFilters(index);
            Place place = at.field("listener_filters").index(index);
            PortPredicate disabled = filter.hasFilterDisabled()
                    ? predicate(filter.getFilterDisabled(), place.field("filter_disabled"))
                    : PortPredicate.Never.INSTANCE;
            switch (type(filter)) {
                case "original_dst" -> originalDst = true;
                case "original_src" ->
                    originalSource = OptionalInt.of(TypedConfig.of(filter.getTypedConfig(), place.field("typed_config"))
                            .unpack(OriginalSrc.parser(), FIELDS, place.field("typed_config"))
                            .getMark());
                case "tls_inspector" -> {
                    TypedConfig.of(filter.getTypedConfig(), place.field("typed_config"))
                            .unpack(TlsInspector.parser(), FIELDS, place.field("typed_config"));
                    tls = Optional.of(disabled);
                }
                case "http_inspector" -> http = Optional.of(disabled);
                case "proxy_protocol" -> {
                    place.require(
                            tls.isEmpty() && http.isEmpty(),
                            "proxy_protocol stands behind an inspector, which would see its header"
                                    + " (expected: before tls_inspector and http_inspector)");
                    proxy = Optional.of(proxyProtocol(filter, disabled, place.field("typed_config")));
                }
                default ->
                    throw place.refuse("listener filter '" + filter.getName() + "' is not supported by this proxy yet");
            }
        }
        Duration timeout = listener.hasListenerFiltersTimeout()
                ? CommonDecoder.duration(listener.getListenerFiltersTimeout(), at.field("listener_filters_timeout"))
                : ListenerConfig.ListenerFilters.DEFAULT_TIMEOUT;
        return new ListenerConfig.ListenerFilters(
                originalDst, originalSource, tls, http, proxy, timeout, listener.getContinueOnListenerFiltersTimeout());
    }

    private static ProxyProtocolConfig proxyProtocol(ListenerFilter filter, PortPredicate disabled, Place at) {
        if (!filter.hasTypedConfig()) {
            return new ProxyProtocolConfig(false, true, true, disabled);
        }
        ProxyProtocol config = TypedConfig.of(filter.getTypedConfig(), at).unpack(ProxyProtocol.parser(), FIELDS, at);
        boolean version1 = !config.getDisallowedVersionsList().contains(Version.V1);
        boolean version2 = !config.getDisallowedVersionsList().contains(Version.V2);
        at.field("disallowed_versions").require(version1 || version2, "no version is left (expected: at most one)");
        return new ProxyProtocolConfig(config.getAllowRequestsWithoutProxyProtocol(), version1, version2, disabled);
    }

    /// By the type of its configuration; old configurations give only a name.
    private static String type(ListenerFilter filter) {
        if (!filter.hasTypedConfig()) {
            return filter.getName().substring(filter.getName().lastIndexOf('.') + 1);
        }
        String type = TypedConfig.messageName(filter.getTypedConfig().getTypeUrl());
        int end = type.startsWith(PACKAGE) ? type.indexOf('.', PACKAGE.length()) : -1;
        return end < 0 ? type : type.substring(PACKAGE.length(), end);
    }

    private static PortPredicate predicate(ListenerFilterChainMatchPredicate predicate, Place at) {
        return switch (predicate.getRuleCase()) {
            case ANY_MATCH -> PortPredicate.Always.INSTANCE;
            case DESTINATION_PORT_RANGE ->
                new PortPredicate.Range(
                        predicate.getDestinationPortRange().getStart(),
                        predicate.getDestinationPortRange().getEnd());
            case NOT_MATCH -> new PortPredicate.Not(predicate(predicate.getNotMatch(), at.field("not_match")));
            case OR_MATCH -> new PortPredicate.Any(all(predicate.getOrMatch(), at.field("or_match")));
            case AND_MATCH -> new PortPredicate.All(all(predicate.getAndMatch(), at.field("and_match")));
            case RULE_NOT_SET -> throw at.refuse("a predicate without a rule");
        };
    }

    private static List<PortPredicate> all(ListenerFilterChainMatchPredicate.MatchSet set, Place at) {
        List<PortPredicate> predicates = new ArrayList<>();
        for (int index = 0; index < set.getRulesCount(); index++) {
            predicates.add(predicate(set.getRules(index), at.field("rules").index(index)));
        }
        return predicates;
    }
}
