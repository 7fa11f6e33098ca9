package dev.lateen.proxy.tls;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The secrets that are known now. TLS contexts look here at each handshake, so a new version is used at once.
///
/// Thread: `put` and `remove` on the chores loop; everything else any.
public final class Secrets {
    private final Map<SecretRef, Secret> byRef = new ConcurrentHashMap<>();
    private final Map<SecretRef, Instant> arrivals = new ConcurrentHashMap<>();

    public Optional<Secret> get(SecretRef ref) {
        return Optional.ofNullable(byRef.get(ref));
    }

    public boolean has(Collection<SecretRef> refs) {
        return byRef.keySet().containsAll(refs);
    }

    public void put(SecretRef ref, Secret secret) {
        arrivals.put(ref, Instant.now());
        byRef.put(ref, secret);
    }

    public void remove(SecretRef ref) {
        byRef.remove(ref);
        arrivals.remove(ref);
    }

    /// When the secret that is known now came.
    public Instant arrival(SecretRef ref) {
        return arrivals.getOrDefault(ref, Instant.EPOCH);
    }

    /// All references and secrets, for the admin API.
    public Map<SecretRef, Secret> all() {
        return Map.copyOf(byRef);
    }

    /// The secret, or null where it has not arrived; for handshakes.
    @Nullable
    Secret find(SecretRef ref) {
        return byRef.get(ref);
    }
}
