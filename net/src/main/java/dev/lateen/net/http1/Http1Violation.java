package dev.lateen.net.http1;

/// What is wrong with a message that we refuse: the status a server answers and a stable token for logs.
enum Http1Violation {
    REQUEST_LINE(400, "http1.codec_error"),
    /// A line of three words of which the last is no version of anything (`HTTP/1.1`).
    NO_REQUEST_LINE(400, "http1.codec_error"),
    BARE_LINE_FEED(400, "http1.codec_error"),
    INVALID_TARGET(400, "http1.invalid_url"),
    INVALID_SCHEME(400, "http1.invalid_scheme"),
    INVALID_HOST(400, "http1.invalid_host"),
    MISSING_HOST(400, "missing_host_header"),
    INVALID_NAME(400, "http1.invalid_characters"),
    INVALID_VALUE(400, "http1.invalid_characters"),
    INVALID_CONTENT_LENGTH(400, "http1.unexpected_content_length"),
    CONTENT_LENGTH_NOT_ALLOWED(400, "http1.content_length_not_allowed"),
    TRANSFER_ENCODING_NOT_ALLOWED(400, "http1.transfer_encoding_not_allowed"),
    INVALID_TRANSFER_ENCODING(400, "http1.invalid_transfer_encoding"),
    UNKNOWN_TRANSFER_ENCODING(501, "http1.invalid_transfer_encoding"),
    CONNECTION_NAMES_ESSENTIAL_FIELD(400, "http1.connection_header_rejected"),
    INVALID_CHUNK(400, "http1.invalid_chunk"),
    CHUNK_EXTENSION_TOO_LARGE(400, "http1.chunk_extension_too_large"),
    INVALID_TRAILER(400, "http1.invalid_trailer"),
    TOO_MANY_HEADERS(431, "http1.too_many_headers"),
    HEADERS_TOO_LARGE(431, "http1.headers_too_large"),
    TRAILERS_TOO_LARGE(431, "http1.trailers_too_large"),
    HEADERS_TIMEOUT(408, "http1.request_header_timeout"),
    HTTP_1_0_REFUSED(426, "low_version"),
    VERSION_NOT_SUPPORTED(505, "http1.unsupported_version"),
    STATUS_LINE(502, "http1.codec_error"),
    UNSOLICITED_RESPONSE(502, "http1.unsolicited_response"),
    UNEXPECTED_UPGRADE(502, "http1.unexpected_upgrade"),
    TOO_MANY_INFORMATIONAL(502, "http1.too_many_informational_responses");

    final int status;
    final String details;

    Http1Violation(int status, String details) {
        this.status = status;
        this.details = details;
    }
}
