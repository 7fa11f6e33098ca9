package dev.lateen.control.workload;

import dev.lateen.control.source.ConfigFile;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Keeps entries where no cluster does: in this process, and in a file of its state, so that they outlive it.
///
/// Limits: what happened in the last tenth of a second before a crash is not in the file; who is connected then
/// registers anew.
///
/// Thread: control loop, but for the one that writes the file.
public final class StoredEntries implements EntryHome {
    private static final Logger LOG = LoggerFactory.getLogger(StoredEntries.class);
    private static final long PAUSE_MILLIS = 100;
    private static final long MOST_BYTES = 256L << 20;
    private static final List<ObjectNode> NOTHING = List.of();

    private final Path file;
    private final Consumer<List<ConfigFile>> changes;
    private final ResourceReader reader = ResourceReader.create();
    private final Map<EntryKey, ObjectNode> entries = new LinkedHashMap<>();
    private final Thread writer = Thread.ofVirtual().name("workload-entries").unstarted(this::write);
    private final String identity;
    /// What the file is to hold, until it does.
    private final AtomicReference<List<ObjectNode>> unsaved = new AtomicReference<>(NOTHING);

    private volatile boolean closed;

    /// Reads what there is. A file that cannot be understood is put aside.
    ///
    /// @param changes gets each change, as configuration
    public static StoredEntries open(Path file, String identity, Consumer<List<ConfigFile>> changes)
            throws IOException {
        StoredEntries home = new StoredEntries(file, identity, changes);
        home.read();
        home.writer.start();
        return home;
    }

    private StoredEntries(Path file, String identity, Consumer<List<ConfigFile>> changes) {
        this.file = file;
        this.identity = identity;
        this.changes = changes;
    }

    /// All there is, for whoever reads the configuration the first time.
    public List<ConfigFile> all() {
        return entries.entrySet().stream()
                .map(one -> present(one.getKey(), one.getValue()))
                .toList();
    }

    @Override
    public void connected(EntryKey key, ObjectNode entry) {
        ObjectNode before = entries.get(key);
        if (before != null && before.get("status") != null) {
            entry.set("status", before.get("status"));
        }
        put(key, entry);
    }

    @Override
    public void disconnected(EntryKey key, Instant connectedAt, Instant now) {
        ObjectNode entry = entries.get(key);
        if (entry != null && EntryObjects.state(entry).connectedAt().equals(Optional.of(connectedAt))) {
            ObjectNode marked = entry.deepCopy();
            EntryObjects.markDisconnected(marked, now);
            put(key, marked);
        }
    }

    @Override
    public void health(EntryKey key, ObjectNode condition) {
        ObjectNode entry = entries.get(key);
        if (entry != null) {
            ObjectNode told = entry.deepCopy();
            Trees.into(told, "status").set("conditions", Trees.array(EntryObjects.withCondition(entry, condition)));
            put(key, told);
        }
    }

    @Override
    public void remove(EntryKey key, EntryState seen) {
        ObjectNode entry = entries.get(key);
        if (entry != null && EntryObjects.state(entry).connectedAt().isEmpty()) {
            drop(key);
        }
    }

    /// The process before this one held it, and its nodes have had time to come back.
    @Override
    public void orphaned(EntryKey key, EntryState seen, Instant now) {
        seen.connectedAt().ifPresent(since -> disconnected(key, since, now));
    }

    @Override
    public void groupGone(EntryKey key) {
        drop(key);
    }

    @Override
    public boolean leads() {
        return true;
    }

    @Override
    public String identity() {
        return identity;
    }

    /// Writes what is not in the file yet.
    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        try {
            writer.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        save();
    }

    private void put(EntryKey key, ObjectNode entry) {
        entries.put(key, entry);
        changed(present(key, entry));
    }

    private void drop(EntryKey key) {
        if (entries.remove(key) != null) {
            changed(new ConfigFile.Gone(fileName(key)));
        }
    }

    private void changed(ConfigFile news) {
        unsaved.set(new ArrayList<>(entries.values()));
        changes.accept(List.of(news));
    }

    private ConfigFile present(EntryKey key, ObjectNode entry) {
        return new ConfigFile.Present(fileName(key), reader.read(entry.toString(), fileName(key)));
    }

    /// Where positions point to: there is no file that anybody wrote.
    private static String fileName(EntryKey key) {
        return "registered/" + key.namespace() + "/" + key.name();
    }

    private void write() {
        try {
            while (!closed) {
                Thread.sleep(PAUSE_MILLIS);
                save();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whole or not at all. Trees are never changed once they are in the list.
    // An empty list is to be written; only this one is not.
    @SuppressWarnings("ReferenceEquality")
    private void save() {
        List<ObjectNode> now = unsaved.get();
        if (now == NOTHING) {
            return;
        }
        try {
            Path next = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(next, Trees.array(now).toString());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // Unless there is a later list by now.
            unsaved.compareAndSet(now, NOTHING);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("registered workloads cannot be written, trying again");
        }
    }

    private void read() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (!Files.exists(file)) {
            return;
        }
        if (Files.size(file) > MOST_BYTES) {
            putAside("it is larger than 256 MiB");
            return;
        }
        try {
            Trees.objects(Trees.object("all", Trees.parse(Files.readString(file))), "all").stream()
                    .filter(entry -> EntryObjects.state(entry).isRegistered())
                    .forEach(entry -> entries.put(EntryObjects.key(entry), entry));
        } catch (tools.jackson.core.JacksonException e) {
            putAside(e.getOriginalMessage());
        }
    }

    private void putAside(String reason) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        LOG.atWarn()
                .addKeyValue("file", aside)
                .addKeyValue("reason", reason)
                .log("registered workloads cannot be read: nodes that come back register anew");
    }
}
