package dev.lateen.net.http;

/// The head of a response; `headers()` never holds `:status` or a connection-specific field of HTTP/1.
///
/// Thread: event loop of its channel.
public final class ResponseHead {
    private final Headers headers;
    private int status;

    public ResponseHead(int status, Headers headers) {
        this.status = status;
        this.headers = headers;
    }

    public int status() {
        return status;
    }

    public void status(int status) {
        this.status = status;
    }

    public Headers headers() {
        return headers;
    }

    @Override
    public String toString() {
        return Integer.toString(status);
    }
}
