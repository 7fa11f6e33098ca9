package dev.lateen.proxy.http;

import dev.lateen.proxy.accesslog.AccessLogDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.route.HeaderChangesDecoder;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import java.util.ArrayList;
import java.util.List;

/// Decodes what is changed in the proxy's own answers. Their bodies stay as they are.
final class ReplyRuleDecoder {
    private static final String HCM = "envoy.extensions.filters.network.http_connection_manager.v3.";
    private static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(AccessLogDecoder.FILTER_FIELDS)
            .message(HCM + "LocalReplyConfig", "mappers")
            .message(HCM + "ResponseMapper", "filter", "status_code", "headers_to_add")
            .message("envoy.config.core.v3.HeaderValueOption", "header", "append", "append_action", "keep_empty_value")
            .build();
    private static final int LOWEST = 200;
    private static final int HIGHEST = 599;

    private ReplyRuleDecoder() {}

    static List<ReplyRule> decode(LocalReplyConfig config, Place at) {
        FIELDS.check(config, at);
        List<ReplyRule> rules = new ArrayList<>();
        for (ResponseMapper mapper : config.getMappersList()) {
            rules.add(rule(mapper, at.field("mappers").index(rules.size())));
        }
        return List.copyOf(rules);
    }

    private static ReplyRule rule(ResponseMapper mapper, Place at) {
        at.field("filter").require(mapper.hasFilter(), "is missing");
        int status = mapper.getStatusCode().getValue();
        at.field("status_code")
                .require(
                        !mapper.hasStatusCode() || (status >= LOWEST && status <= HIGHEST),
                        "value: " + status + " (expected: 200 to 599)");
        return new ReplyRule(
                AccessLogDecoder.filter(mapper.getFilter(), at.field("filter")),
                status,
                HeaderChangesDecoder.decode(mapper.getHeadersToAddList(), List.of(), "headers", at));
    }
}
