package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;

/// Where ended requests and connections are reported.
///
/// Thread: event loop; never blocks. What cannot be queued is dropped and counted.
public interface AccessLogger {
    void log(StreamInfo info);
}
