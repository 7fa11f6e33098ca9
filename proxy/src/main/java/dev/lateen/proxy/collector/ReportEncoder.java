package dev.lateen.proxy.collector;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import java.util.List;

/// The form in which a collector takes what is reported. Thread: any (immutable).
///
/// @param <T> what is reported
public interface ReportEncoder<T> {
    /// Of a new request.
    RequestHead head();

    byte[] body(List<T> reports);

    boolean isTaken(int status, Headers headers, byte[] body);
}
