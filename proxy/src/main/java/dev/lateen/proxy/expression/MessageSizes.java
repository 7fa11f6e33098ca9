package dev.lateen.proxy.expression;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// Sizes of heads and trailers as Envoy has them: names and values, pseudo headers too, uncompressed.
///
/// Source: Envoy documentation, "Attributes", `total_size`. Thread: any.
final class MessageSizes {
    private static final int STATUS = ":status".length() + 3;

    private MessageSizes() {}

    static long ofRequest(@Nullable RequestHead head) {
        return head == null
                ? 0
                : field(":method", head.method())
                        + field(":scheme", head.scheme())
                        + field(":authority", head.authority())
                        + field(":path", head.path())
                        + field(":protocol", head.protocol())
                        + of(head.headers());
    }

    static long ofResponse(int status, @Nullable Headers headers) {
        return status == 0 ? 0 : STATUS + of(headers);
    }

    static long of(@Nullable Headers headers) {
        long sum = 0;
        for (int index = 0; headers != null && index < headers.size(); index++) {
            sum += headers.name(index).length() + headers.value(index).length();
        }
        return sum;
    }

    private static int field(String name, @Nullable String value) {
        return value == null || value.isEmpty() ? 0 : name.length() + value.length();
    }
}
