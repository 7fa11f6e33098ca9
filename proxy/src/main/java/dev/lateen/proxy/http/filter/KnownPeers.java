package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.stream.PeerInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Peers whose metadata was read before, by the id that came with it. An id is only a hint where to look: another text
/// under the same id is read again, so that no peer can speak for another.
///
/// Limits: the `MAX_PEERS` that came last; long texts are read each time.
///
/// Thread: one event loop.
final class KnownPeers {
    private static final int MAX_PEERS = 256;
    private static final int MAX_ID = 256;
    private static final int MAX_KEPT = 2 * 1024;

    private record Known(String text, PeerInfo peer) {}

    private final Map<String, Known> known = new LinkedHashMap<>();

    /// Null where the text is no metadata.
    @Nullable
    PeerInfo read(String id, String text) {
        Known before = known.get(id);
        if (before != null && before.text.equals(text)) {
            return before.peer;
        }
        PeerInfo peer = PeerMetadata.decode(text);
        if (peer != null && id.length() <= MAX_ID && text.length() <= MAX_KEPT) {
            keep(id, new Known(text, peer));
        }
        return peer;
    }

    private void keep(String id, Known peer) {
        if (known.size() >= MAX_PEERS && !known.containsKey(id)) {
            known.remove(known.keySet().iterator().next());
        }
        known.put(id, peer);
    }

    int size() {
        return known.size();
    }
}
