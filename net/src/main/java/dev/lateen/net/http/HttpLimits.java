package dev.lateen.net.http;

import java.time.Duration;

/// Limits on what a peer may send, and what is kept of it. The defaults are Envoy's, or stricter where Envoy's are
/// open.
///
/// @param maxHeaderBytes of one head, names and values (60 KiB)
/// @param maxHeaderCount of one head (100)
/// @param maxConcurrentStreams of one HTTP/2 connection
/// @param initialStreamWindowBytes HTTP/2 credit of a stream
/// @param initialConnectionWindowBytes HTTP/2 credit of a connection
/// @param bufferLimitBytes high watermark of what may wait to be written on a stream or connection; the low one is half
/// @param headersTimeout from the first byte of a request to the end of its head; zero means none
/// @param allowHttp10 accept HTTP/1.0 requests
/// @param maxResetStreamsPerSecond HTTP/2: above it the connection is closed (rapid reset, CVE-2023-44487)
/// @param keepsSpelling HTTP/1: whether the upper and lower case of names is kept, for whom the head is passed on to
public record HttpLimits(
        int maxHeaderBytes,
        int maxHeaderCount,
        int maxConcurrentStreams,
        int initialStreamWindowBytes,
        int initialConnectionWindowBytes,
        int bufferLimitBytes,
        Duration headersTimeout,
        boolean allowHttp10,
        int maxResetStreamsPerSecond,
        boolean keepsSpelling) {

    public static final HttpLimits DEFAULT =
            new HttpLimits(60 * 1024, 100, 1024, 256 * 1024, 1024 * 1024, 256 * 1024, Duration.ZERO, false, 200, false);
}
