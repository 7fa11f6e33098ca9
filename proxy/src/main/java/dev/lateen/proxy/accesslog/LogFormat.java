package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A compiled format of log lines, as text or as JSON. Two of the same source are equal.
///
/// Thread: any (immutable).
public final class LogFormat {
    /// What Istio writes where `accessLogFile` is set and no format.
    public static final String ISTIO_TEXT =
            "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% "
                    + "%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "
                    + "\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
                    + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
                    + "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% "
                    + "%UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% "
                    + "%REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";
    /// What Envoy writes where nothing else is set.
    public static final String ENVOY_TEXT =
            "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% "
                    + "%RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "
                    + "\"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" "
                    + "\"%UPSTREAM_HOST%\"\n";

    private static final int EXPECTED = 64;

    private final Object source;
    private final boolean omitEmpty;
    private final LogNode root;

    private LogFormat(Object source, boolean omitEmpty, LogNode root) {
        this.source = source;
        this.omitEmpty = omitEmpty;
        this.root = root;
    }

    /// An `IllegalArgumentException` says what is wrong with it.
    ///
    /// @param omitEmpty values that are missing leave no `-`
    public static LogFormat text(String format, boolean omitEmpty) {
        return new LogFormat(format, omitEmpty, new LogNode.Text(FormatParser.parse(format), omitEmpty ? "" : "-"));
    }

    /// @param tree of maps, lists, texts with operators, numbers and booleans
    /// @param omitEmpty values that are missing leave out their key
    public static LogFormat json(Map<String, Object> tree, boolean omitEmpty) {
        return new LogFormat(tree, omitEmpty, new LogNode.Line(node(tree, omitEmpty)));
    }

    private static LogNode node(Object value, boolean omitEmpty) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, LogNode> members = new TreeMap<>();
                map.forEach((key, member) -> members.put(String.valueOf(key), node(member, omitEmpty)));
                yield new LogNode.Members(members, omitEmpty);
            }
            case List<?> list -> {
                List<LogNode> items = new ArrayList<>();
                list.forEach(item -> items.add(node(item, omitEmpty)));
                yield new LogNode.Items(List.copyOf(items));
            }
            case String format -> {
                List<LogOperator> parts = FormatParser.parse(format);
                yield parts.size() == 1
                        ? new LogNode.Leaf(parts.getFirst())
                        : new LogNode.Quoted(new LogNode.Text(parts, "-"));
            }
            default -> new LogNode.Literal(number(value));
        };
    }

    /// A number or a boolean as JSON.
    static String number(Object value) {
        return value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString(number.longValue())
                : value.toString();
    }

    void append(StreamInfo info, LineBuffer out) {
        root.append(info, out);
    }

    /// One line, its end included.
    public String line(StreamInfo info) {
        return made(info).toString();
    }

    /// The value of a header field, each of whose characters is a byte on the wire (RFC 9110 §5.5).
    public String field(StreamInfo info) {
        return made(info).field();
    }

    private LineBuffer made(StreamInfo info) {
        LineBuffer out = new LineBuffer(EXPECTED);
        append(info, out);
        return out;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LogFormat that && omitEmpty == that.omitEmpty && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
