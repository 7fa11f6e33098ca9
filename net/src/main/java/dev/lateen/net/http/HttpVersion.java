package dev.lateen.net.http;

/// The HTTP versions that the codecs speak.
public enum HttpVersion {
    HTTP_1_0("HTTP/1.0"),
    HTTP_1_1("HTTP/1.1"),
    HTTP_2("HTTP/2");

    private final String text;

    HttpVersion(String text) {
        this.text = text;
    }

    /// The form used in access logs, such as `HTTP/1.1`.
    public String text() {
        return text;
    }
}
