package dev.lateen.control.workload;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// Where entries are kept: what is told here comes back as configuration.
///
/// Thread: control loop; every call returns at once, and what it asks for is done in the order of the calls.
public interface EntryHome extends AutoCloseable {
    /// Its workload is connected here since the time that its annotations say. Where the entry is there already, its
    /// health stays; a later connection to another control plane wins.
    void connected(EntryKey key, ObjectNode entry);

    /// Its workload is no longer connected here. Nothing where it has connected elsewhere since.
    void disconnected(EntryKey key, Instant connectedAt, Instant now);

    /// @param condition in Kubernetes' form
    void health(EntryKey key, ObjectNode condition);

    /// Its time is over. Nothing where its workload is back.
    void remove(EntryKey key, EntryState seen);

    /// Another control plane holds the connection, as the entry says: if that is gone for good, so is the connection.
    void orphaned(EntryKey key, EntryState seen, Instant now);

    /// Its group was deleted.
    void groupGone(EntryKey key);

    /// Whether this control plane clears up after others, too.
    boolean leads();

    /// Who we are in the annotations of entries.
    String identity();

    @Override
    void close();
}
