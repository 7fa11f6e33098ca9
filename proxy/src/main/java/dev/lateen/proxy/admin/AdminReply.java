package dev.lateen.proxy.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// What an admin endpoint answers.
///
/// @param writer for pages that are too large to be held: writes the body, on a thread of its own
public record AdminReply(int status, String contentType, String body, Optional<Writer> writer) {
    private static final String TEXT = "text/plain; charset=UTF-8";

    /// Thread: one that may block while the peer is slow.
    @FunctionalInterface
    public interface Writer {
        /// @throws IOException where the peer is gone
        void writeTo(OutputStream out) throws IOException;
    }

    public AdminReply(int status, String contentType, String body) {
        this(status, contentType, body, Optional.empty());
    }

    static AdminReply streamed(String contentType, Writer writer) {
        return new AdminReply(200, contentType, "", Optional.of(writer));
    }

    static AdminReply text(String body) {
        return new AdminReply(200, TEXT, body);
    }

    static AdminReply text(int status, String body) {
        return new AdminReply(status, TEXT, body);
    }

    static AdminReply json(String body) {
        return new AdminReply(200, "application/json", body);
    }
}
