package dev.lateen.control.workload;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.istio.ServiceEntry.WorkloadEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Keeps entries as objects of the cluster, where each replica of the control plane finds them. An entry belongs to its
/// group, with which the cluster deletes it. What has changed since it was read is read again, so that of two replicas
/// the one with the later connection wins.
///
/// Limits: 25 writes a second, of each entry the latest only; where the API server does not take them, pauses from 1 s
/// to 60 s.
///
/// Thread: calls come from the control loop; the writer has its own.
public final class ClusterEntries implements EntryHome {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEntries.class);
    private static final String VERSION = EntryKey.GROUP + "/v1";
    private static final Duration BETWEEN = Duration.ofMillis(40);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final Controllers controllers;
    private final Thread writer = Thread.ofVirtual().name("workload-entries").unstarted(this::run);
    /// Guarded by itself.
    private final Map<EntryKey, Wanted> wanted = new LinkedHashMap<>();
    private volatile BooleanSupplier leads = () -> false;
    private Duration pause = FIRST_PAUSE;

    /// What is to become of an entry.
    private sealed interface Change {
        record Nothing() implements Change {}

        record Connect(ObjectNode entry) implements Change {}

        record Disconnect(Instant connectedAt, Instant now) implements Change {}

        record Orphan(EntryState seen, Instant now) implements Change {}

        record Remove() implements Change {}
    }

    /// @param condition to be put into its status after that
    private record Wanted(Change change, Optional<ObjectNode> condition) {}

    public ClusterEntries(Cluster cluster, Controllers controllers) {
        this.cluster = cluster;
        this.controllers = controllers;
    }

    /// Who knows whether this replica clears up.
    public void ledBy(BooleanSupplier leader) {
        leads = leader;
    }

    public void start() {
        writer.start();
    }

    @Override
    public void close() {
        writer.interrupt();
    }

    @Override
    public void connected(EntryKey key, ObjectNode entry) {
        want(key, new Change.Connect(entry));
    }

    @Override
    public void disconnected(EntryKey key, Instant connectedAt, Instant now) {
        want(key, new Change.Disconnect(connectedAt, now));
    }

    @Override
    public void remove(EntryKey key, EntryState seen) {
        want(key, new Change.Remove());
    }

    @Override
    public void orphaned(EntryKey key, EntryState seen, Instant now) {
        want(key, new Change.Orphan(seen, now));
    }

    /// The cluster does it: the group owns the entry.
    @Override
    public void groupGone(EntryKey key) {}

    @Override
    public void health(EntryKey key, ObjectNode condition) {
        synchronized (wanted) {
            Wanted before = wanted.get(key);
            wanted.put(
                    key, new Wanted(before == null ? new Change.Nothing() : before.change(), Optional.of(condition)));
        }
        LockSupport.unpark(writer);
    }

    @Override
    public boolean leads() {
        return leads.getAsBoolean();
    }

    @Override
    public String identity() {
        return controllers.own();
    }

    private void want(EntryKey key, Change change) {
        synchronized (wanted) {
            Wanted before = wanted.get(key);
            wanted.put(key, new Wanted(change, before == null ? Optional.empty() : before.condition()));
        }
        LockSupport.unpark(writer);
    }

    private void run() {
        try {
            while (true) {
                Map<EntryKey, Wanted> batch = taken();
                if (batch.isEmpty()) {
                    LockSupport.park();
                    if (Thread.interrupted()) {
                        return;
                    }
                    continue;
                }
                for (Map.Entry<EntryKey, Wanted> one : batch.entrySet()) {
                    write(one.getKey(), one.getValue());
                    Thread.sleep(BETWEEN);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<EntryKey, Wanted> taken() {
        synchronized (wanted) {
            Map<EntryKey, Wanted> batch = new LinkedHashMap<>(wanted);
            wanted.clear();
            return batch;
        }
    }

    private void write(EntryKey key, Wanted what) throws InterruptedException {
        try {
            change(key, what.change());
            if (what.condition().isPresent()) {
                tell(key, what.condition().get());
            }
            pause = FIRST_PAUSE;
        } catch (ClusterException e) {
            again(key, what);
            if (e.isConflict()) {
                return; // somebody else has changed it since we read it
            }
            LOG.atWarn()
                    .addKeyValue("entry", key)
                    .addKeyValue("reason", e.getMessage())
                    .addKeyValue("pause", pause)
                    .log("the entry of a registered workload cannot be written, trying again");
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    /// Unless something else is wanted by now.
    private void again(EntryKey key, Wanted what) {
        synchronized (wanted) {
            Wanted later = wanted.get(key);
            if (later == null) {
                wanted.put(key, what);
            } else if (later.change() instanceof Change.Nothing) {
                wanted.put(key, new Wanted(what.change(), later.condition()));
            } else if (later.condition().isEmpty()) {
                wanted.put(key, new Wanted(later.change(), what.condition()));
            }
        }
    }

    private void change(EntryKey key, Change change) throws ClusterException {
        switch (change) {
            case Change.Nothing _ -> {}
            case Change.Connect(var entry) -> connect(key, entry);
            case Change.Disconnect(var connectedAt, var now) -> {
                Optional<ObjectNode> found = found(key);
                EntryState state = found.map(EntryObjects::state).orElse(EntryState.of(Map.of()));
                if (state.controller().equals(identity()) && state.connectedAt().equals(Optional.of(connectedAt))) {
                    disconnect(found.orElseThrow(), now);
                }
            }
            case Change.Orphan(var seen, var now) -> {
                Optional<ObjectNode> found = found(key);
                if (found.map(EntryObjects::state).equals(Optional.of(seen)) && controllers.isGone(seen.controller())) {
                    disconnect(found.orElseThrow(), now);
                }
            }
            case Change.Remove _ -> {
                Optional<ObjectNode> found = found(key);
                boolean over = found.map(EntryObjects::state)
                        .filter(state ->
                                state.isRegistered() && state.connectedAt().isEmpty())
                        .isPresent();
                if (over) {
                    // Of a workload that comes back meanwhile, the replica that it came to makes the entry anew.
                    cluster.delete(VERSION, EntryKey.KIND, key.namespace(), key.name());
                    LOG.atInfo().addKeyValue("entry", key).log("the entry of a registered workload was removed");
                }
            }
        }
    }

    private Optional<ObjectNode> found(EntryKey key) throws ClusterException {
        return cluster.get(VERSION, EntryKey.KIND, key.namespace(), key.name());
    }

    private void disconnect(ObjectNode entry, Instant now) throws ClusterException {
        EntryObjects.markDisconnected(entry, now);
        cluster.replace(entry);
    }

    private void connect(EntryKey key, ObjectNode entry) throws ClusterException {
        EntryState ours = EntryObjects.state(entry);
        Optional<ObjectNode> found = found(key);
        if (found.isEmpty()) {
            Optional<ObjectNode> group = cluster.get(VERSION, "WorkloadGroup", key.namespace(), ours.group());
            if (group.isEmpty()) {
                return; // deleted meanwhile: its nodes are being sent away
            }
            Trees.into(entry, "metadata").set("ownerReferences", Trees.array(owner(group.get())));
            cluster.create(entry);
            return;
        }
        ObjectNode there = found.get();
        EntryState theirs = EntryObjects.state(there);
        if (!theirs.group().equals(ours.group())) {
            LOG.atWarn()
                    .addKeyValue("entry", key)
                    .addKeyValue("group", ours.group())
                    .log("a workload cannot be registered: there is an entry of that name that is not of its group");
            return;
        }
        boolean later = theirs.connectedAt().isPresent()
                && ours.connectedAt().isPresent()
                && theirs.connectedAt().get().isAfter(ours.connectedAt().get());
        if (!later) {
            there.set("spec", Trees.at(entry, "spec"));
            Trees.into(there, "metadata").set("labels", Trees.at(entry, "metadata", "labels"));
            Trees.into(there, "metadata").set("annotations", Trees.at(entry, "metadata", "annotations"));
            cluster.replace(there);
        }
    }

    private static ObjectNode owner(ObjectNode group) {
        return Trees.object(
                "apiVersion",
                Trees.text(group, "apiVersion"),
                "kind",
                "WorkloadGroup",
                "name",
                Trees.text(group, "metadata", "name"),
                "uid",
                Trees.text(group, "metadata", "uid"),
                "controller",
                true);
    }

    private void tell(EntryKey key, ObjectNode condition) throws ClusterException {
        Optional<ObjectNode> found = found(key);
        if (found.isEmpty()) {
            return;
        }
        List<ObjectNode> before = Trees.objects(found.get(), "status", "conditions");
        boolean known = before.stream()
                .anyMatch(one -> Trees.text(one, "type").equals(WorkloadEntry.HEALTHY)
                        && Trees.text(one, "status").equals(Trees.text(condition, "status"))
                        && Trees.text(one, "message").equals(Trees.text(condition, "message")));
        if (!known) {
            cluster.patchStatus(
                    VERSION,
                    EntryKey.KIND,
                    key.namespace(),
                    key.name(),
                    Trees.object(
                            "conditions",
                            Trees.array(new ArrayList<>(EntryObjects.withCondition(found.get(), condition)))));
        }
    }
}
