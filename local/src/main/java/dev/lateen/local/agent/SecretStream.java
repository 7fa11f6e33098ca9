package dev.lateen.local.agent;

import dev.lateen.local.agent.SecretStore.Versioned;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// One stream of Envoy's: which secrets it wants, and which versions it has been sent.
///
/// Limits: `MAX_WANTED` names; more are not listened to.
///
/// Thread: any.
final class SecretStream {
    private static final int MAX_WANTED = 1_000;

    private final SecretStore secrets;
    private final Output output;
    private final Runnable watcher = this::push;
    private final Set<String> wanted = new TreeSet<>();
    private final Map<String, String> sent = new HashMap<>();
    private long nonce;
    private boolean closed;

    /// Writes one response.
    interface Output {
        void send(List<Versioned> changed, String nonce);
    }

    SecretStream(SecretStore secrets, Output output) {
        this.secrets = secrets;
        this.output = output;
        secrets.watch(watcher);
    }

    /// State of the world: these and no others.
    synchronized void wantOnly(Set<String> names) {
        Set<String> dropped = new HashSet<>(wanted);
        dropped.removeAll(names);
        change(names, dropped);
    }

    synchronized void change(Collection<String> added, Collection<String> dropped) {
        wanted.removeAll(dropped);
        sent.keySet().removeAll(dropped);
        for (String name : added) {
            if (wanted.size() < MAX_WANTED) {
                wanted.add(name);
            }
        }
        push();
    }

    synchronized void close() {
        closed = true;
        secrets.unwatch(watcher);
    }

    private synchronized void push() {
        if (closed) {
            return;
        }
        List<Versioned> changed = new ArrayList<>();
        for (String name : wanted) {
            secrets.find(name)
                    .filter(secret -> !secret.version().equals(sent.get(name)))
                    .ifPresent(changed::add);
        }
        if (!changed.isEmpty()) {
            changed.forEach(secret -> sent.put(secret.name(), secret.version()));
            output.send(changed, Long.toString(++nonce));
        }
    }
}
