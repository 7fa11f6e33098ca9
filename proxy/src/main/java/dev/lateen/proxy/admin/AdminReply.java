package dev.lateen.proxy.admin;

/// What an admin endpoint answers.
public record AdminReply(int status, String contentType, String body) {
    private static final String TEXT = "text/plain; charset=UTF-8";

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
