package dev.lateen.control.cluster;

import dev.lateen.control.status.Findings;
import dev.lateen.control.store.ResourceStatus;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.resource.ResourceKey;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes into each resource of the cluster what became of it, so that `kubectl get -o yaml` and `kubectl describe`
/// say it. A resource that is refused brings an Event as well. Only the leader writes, and only what is not there yet.
///
/// Limits: 25 writes a second; where the API server does not take them, pauses from 1 s to 60 s.
///
/// Thread: its own.
public final class StatusWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration BETWEEN = Duration.ofMillis(40);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final ResourceStates states;
    private final Supplier<Findings.Latest> findings;
    private final Supplier<Map<ResourceKey, ResourceStatus>> verdicts;
    private final BooleanSupplier leads;
    private final InstantSource clock;
    private final Thread thread = Thread.ofVirtual().name("status-writer").unstarted(this::run);
    private final Map<ResourceKey, Written> written = new HashMap<>();
    private Duration pause = FIRST_PAUSE;

    /// @param state that was there before
    private record Written(ResourceStates.State state, ObjectNode text) {}

    /// @param findings as they are now
    /// @param verdicts a copy of them as they are now
    /// @param leads whether this replica is the one that writes
    public StatusWriter(
            Cluster cluster,
            ResourceStates states,
            Supplier<Findings.Latest> findings,
            Supplier<Map<ResourceKey, ResourceStatus>> verdicts,
            BooleanSupplier leads,
            InstantSource clock) {
        this.cluster = cluster;
        this.states = states;
        this.findings = findings;
        this.verdicts = verdicts;
        this.leads = leads;
        this.clock = clock;
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        Object done = "";
        Object seen = "";
        try {
            while (true) {
                Thread.sleep(LOOK);
                if (!leads.getAsBoolean()) {
                    written.clear();
                    done = "";
                    continue;
                }
                Seen now = new Seen(states.version(), findings.get());
                // What has only just changed may not have been looked at as a whole yet.
                if (now.equals(seen) && !now.equals(done)) {
                    done = write(verdicts.get(), now.findings()) ? now : "";
                }
                seen = now;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return whether all is written
    private boolean write(Map<ResourceKey, ResourceStatus> known, Findings.Latest found) throws InterruptedException {
        written.keySet().retainAll(known.keySet());
        boolean all = true;
        for (Map.Entry<ResourceKey, ResourceStatus> one : known.entrySet()) {
            ResourceKey key = one.getKey();
            var state = states.of(key);
            if (state.isPresent() && leads.getAsBoolean()) {
                ObjectNode text = StatusText.of(
                        state.get().generation(),
                        one.getValue(),
                        found.references().getOrDefault(key, List.of()),
                        found.unsupported().getOrDefault(key, List.of()));
                all &= write(key, state.get(), text);
            }
        }
        return all;
    }

    // Whether there was news of the resource since is the question, not whether it brought anything new.
    @SuppressWarnings("ReferenceEquality")
    private boolean write(ResourceKey key, ResourceStates.State state, ObjectNode text) throws InterruptedException {
        Written before = written.get(key);
        boolean same =
                before != null && before.state() == state && before.text().equals(text);
        if (same || StatusMerge.says(state.status(), text)) {
            return true;
        }
        try {
            cluster.patchStatus(
                    state.apiVersion(),
                    key.kind(),
                    key.namespace(),
                    key.name(),
                    StatusMerge.merged(state.status(), text, now()));
            written.put(key, new Written(state, text));
            if (StatusMerge.isRefused(text) && !StatusMerge.isRefused(state.status())) {
                tell(key, state, text);
            }
            pause = FIRST_PAUSE;
            Thread.sleep(BETWEEN);
            return true;
        } catch (ClusterException e) {
            if (e.isMissing()) {
                return true; // gone meanwhile: its news is on the way
            }
            LOG.atWarn()
                    .addKeyValue("resource", key)
                    .addKeyValue("reason", e.getMessage())
                    .addKeyValue("pause", pause)
                    .log("the status of a resource cannot be written, trying again");
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            return false;
        }
    }

    private void tell(ResourceKey key, ResourceStates.State state, ObjectNode text) throws ClusterException {
        String now = now();
        cluster.create(Trees.object(
                "apiVersion",
                "v1",
                "kind",
                "Event",
                "metadata",
                Trees.object("generateName", key.name() + ".", "namespace", key.namespace()),
                "involvedObject",
                Trees.object(
                        "apiVersion",
                        state.apiVersion(),
                        "kind",
                        key.kind(),
                        "namespace",
                        key.namespace(),
                        "name",
                        key.name(),
                        "uid",
                        state.uid()),
                "type",
                "Warning",
                "reason",
                "Refused",
                "message",
                StatusMerge.refusal(text),
                "source",
                Trees.object("component", "istiod"),
                "firstTimestamp",
                now,
                "lastTimestamp",
                now,
                "count",
                1));
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private record Seen(long version, Findings.Latest findings) {
        // The same findings, not equal ones.
        @SuppressWarnings("ReferenceEquality")
        @Override
        public boolean equals(Object other) {
            return other instanceof Seen that && version == that.version && findings == that.findings;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(version);
        }
    }
}
