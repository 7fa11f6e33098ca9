package dev.lateen.proxy.http;

import org.jspecify.annotations.Nullable;

/// The requests of a connection that have not ended, linked through each other.
///
/// Thread: event loop of the connection.
final class OpenRequests {
    private @Nullable RequestPath first;

    boolean isEmpty() {
        return first == null;
    }

    void add(RequestPath path) {
        RequestPath next = first;
        path.next = next;
        if (next != null) {
            next.previous = path;
        }
        first = path;
    }

    void remove(RequestPath path) {
        RequestPath before = path.previous;
        RequestPath after = path.next;
        if (before != null) {
            before.next = after;
        } else if (first == path) {
            first = after;
        }
        if (after != null) {
            after.previous = before;
        }
        path.previous = null;
        path.next = null;
    }

    long heldBytes() {
        long bytes = 0;
        for (RequestPath path = first; path != null; path = path.next) {
            bytes += path.heldBytes();
        }
        return bytes;
    }

    /// Ends them all.
    void shed() {
        RequestPath path = first;
        while (path != null) {
            RequestPath next = path.next;
            path.shed();
            path = next;
        }
    }
}
