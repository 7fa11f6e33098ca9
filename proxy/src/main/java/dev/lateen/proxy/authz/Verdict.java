package dev.lateen.proxy.authz;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import java.util.List;
import java.util.Map;

/// What an authorization server answered.
///
/// Thread: any.
public sealed interface Verdict {
    /// A header, and what becomes of one that is there already.
    record Change(String name, String value, Mode mode) {}

    enum Mode {
        SET,
        APPEND,
        ADD_IF_ABSENT,
        SET_IF_EXISTS
    }

    /// The request passes, changed.
    ///
    /// @param response headers that the client's response gets
    /// @param query parameters to set in the path
    record Pass(
            List<Change> request,
            List<String> requestRemoved,
            List<Change> response,
            Map<String, String> query,
            List<String> queryRemoved,
            Map<String, Object> metadata)
            implements Verdict {}

    /// The client gets this instead of what it asked for.
    record Refuse(int status, Headers headers, ByteString body, Map<String, Object> metadata) implements Verdict {}

    /// There is no answer.
    record Failed(boolean timedOut) implements Verdict {}
}
