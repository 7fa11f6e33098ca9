package dev.lateen.proxy.config;

import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;

/// Decodes whether HTTP/1 fields keep the upper and lower case of their names.
///
/// Source: envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat. Thread: main.
public final class HeaderCase {
    private static final String PRESERVE =
            "envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig";

    /// What else may be said: names that nobody spelled are in lower case, as by default.
    public static final ImplementedFields LIST = ImplementedFields.builder()
            .message("envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat", "stateful_formatter")
            .message("envoy.config.core.v3.TypedExtensionConfig", "name", "typed_config")
            .harmless(PRESERVE, "the reason of a response is the status's own", "forward_reason_phrase")
            .build();

    private HeaderCase() {}

    /// @param at of the format
    public static boolean isPreserved(Http1ProtocolOptions options, Place at) {
        if (!options.hasHeaderKeyFormat() || !options.getHeaderKeyFormat().hasStatefulFormatter()) {
            return false;
        }
        Place place = at.field("header_key_format.stateful_formatter.typed_config");
        TypedConfig config = TypedConfig.of(
                options.getHeaderKeyFormat().getStatefulFormatter().getTypedConfig(), place);
        place.require(config.type().equals(PRESERVE), "type " + config.type() + " (expected: " + PRESERVE + ")");
        config.unpack(PreserveCaseFormatterConfig.parser(), LIST, place);
        return true;
    }
}
