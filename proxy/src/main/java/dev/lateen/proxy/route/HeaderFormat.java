package dev.lateen.proxy.route;

import dev.lateen.proxy.accesslog.LogFormat;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.stream.StreamInfo;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The value of a header that the configuration adds: text with the command operators of access logs
/// (`%REQ(x-id)%`), compiled once. An operator without a value renders as nothing.
///
/// Source: Envoy's custom request/response headers. Thread: any (immutable).
public final class HeaderFormat {
    private final String literal;
    private final @Nullable LogFormat format;

    private HeaderFormat(String literal, @Nullable LogFormat format) {
        this.literal = literal;
        this.format = format;
    }

    public static HeaderFormat parse(String text, Place at) {
        if (text.indexOf('%') < 0) {
            // As octets, of which the values of fields consist.
            return new HeaderFormat(
                    new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), null);
        }
        try {
            return new HeaderFormat("", LogFormat.text(text, true));
        } catch (IllegalArgumentException e) {
            throw at.refuse("'" + text + "': " + e.getMessage());
        }
    }

    public String render(StreamInfo info) {
        return format == null ? literal : format.field(info);
    }
}
