package dev.lateen.control.workload;

import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.control.push.NodeListener;
import dev.lateen.identity.SpiffeId;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.WorkloadGroup;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.Workload;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.validate.ResourceReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Workloads that register themselves: a node that names a WorkloadGroup, and has proved to be of its namespace and
/// service account, gets a WorkloadEntry for as long as it is connected, and for a grace period after.
///
/// ```
/// nothing ── node connects ──▶ connected ── its last stream ends ──▶ disconnected ── grace period ──▶ nothing
///                                  ▲                                       │
///                                  └───────────── it is back ──────────────┘
/// ```
///
/// The state is in the entry's annotations, so that it outlives this process and another may take it over. What the
/// process before held is left alone for `RETURN` after the start.
///
/// Limits: one entry a stream; 2,000 entries of a group, 10,000 in all; 16 KiB of text each.
///
/// Thread: control loop.
///
/// Source: Istio, "Virtual Machine Architecture", workload registration and health checks.
public final class Registrations implements NodeListener {
    static final int MOST = 10_000;
    static final int MOST_OF_GROUP = 2_000;
    static final int MAX_TEXT = 16 << 10;
    /// Longer than a node waits between two attempts to connect.
    static final Duration RETURN = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Registrations.class);
    private static final String GROUP = "AUTO_REGISTER_GROUP";

    private final EntryHome home;
    private final Limits limits;
    private final Duration grace;
    private final Function<String, Optional<Workload>> workloadAt;
    private final InstantSource clock;
    private final Instant started;
    private final ResourceReader reader = ResourceReader.create();
    /// By namespace and name.
    private final Map<EntryKey, WorkloadGroup> groups = new HashMap<>();
    /// All entries of the configuration, also those that nobody registered.
    private final Map<EntryKey, EntryState> entries = new LinkedHashMap<>();
    private final Map<EntryKey, Live> live = new HashMap<>();
    private final Map<NodeStream, EntryKey> streams = new HashMap<>();
    /// What agents have said of those that live, and what of it is in force.
    private final HealthReports reports = new HealthReports();

    /// @param most entries in all
    record Limits(int most, int ofGroup) {
        static final Limits DEFAULT = new Limits(MOST, MOST_OF_GROUP);
    }

    /// An entry with a stream behind it, or with several: an agent beside a proxy has its own.
    private record Live(ObjectNode entry, ProxyNode node, SpiffeId id, Instant since, Set<NodeStream> streams) {
        String group() {
            return EntryObjects.state(entry).group();
        }
    }

    /// @param grace for how long an entry stays without a connection
    /// @param workloadAt who is known at an address
    public Registrations(
            EntryHome home, Duration grace, Function<String, Optional<Workload>> workloadAt, InstantSource clock) {
        this(home, Limits.DEFAULT, grace, workloadAt, clock);
    }

    Registrations(
            EntryHome home,
            Limits limits,
            Duration grace,
            Function<String, Optional<Workload>> workloadAt,
            InstantSource clock) {
        this.home = home;
        this.limits = limits;
        this.grace = grace;
        this.workloadAt = workloadAt;
        this.clock = clock;
        this.started = clock.instant();
    }

    @Override
    public Arrival arrived(NodeStream stream, ProxyNode node) {
        String name = node.metadata().texts().getOrDefault(GROUP, "");
        if (name.isEmpty()) {
            return new Arrival.Welcome(node);
        }
        Optional<String> badName = RegistrationRules.ofGroupName(name);
        if (badName.isPresent()) {
            return new Arrival.TurnedAway(badName.get());
        }
        WorkloadGroup group = groups.get(new EntryKey(node.namespace(), name));
        if (group == null) {
            return new Arrival.TurnedAway("node.metadata." + GROUP + ": there is no WorkloadGroup " + node.namespace()
                    + "/" + name + " (yet)");
        }
        return register(stream, node, group);
    }

    private Arrival register(NodeStream stream, ProxyNode node, WorkloadGroup group) {
        Optional<SpiffeId> proved =
                stream.peer().proof() instanceof TokenVerdict.Known(var id, var _) ? Optional.of(id) : Optional.empty();
        EntryKey key = new EntryKey(
                node.namespace(),
                EntryObjects.name(
                        group.metadata().name(), node.address(), node.metadata().network()));
        Optional<String> refusal = RegistrationRules.ofIdentity(proved, node, group)
                .or(() -> RegistrationRules.ofAddress(node, PeerAddress.of(stream.peer())))
                .or(() -> RegistrationRules.ofNetwork(node.metadata().network()))
                .or(() -> RegistrationRules.ofEntryName(key.name()))
                .or(() -> RegistrationRules.ofOwner(node, proved.orElseThrow(), workloadAt.apply(node.address())))
                .or(() -> taken(key, group, proved.orElseThrow()))
                .or(() -> tooMany(key, group));
        if (refusal.isPresent()) {
            return new Arrival.TurnedAway(refusal.get());
        }
        ObjectNode entry = EntryObjects.entry(group, node, key.name());
        Optional<String> fault = fault(entry, key);
        if (fault.isPresent()) {
            return new Arrival.TurnedAway(fault.get());
        }
        connect(stream, key, new Live(entry, node, proved.orElseThrow(), clock.instant(), new HashSet<>()));
        return new Arrival.Welcome(node.withLabels(EntryObjects.labels(group, node)));
    }

    /// A name belongs to whoever has it: to another group, to somebody who wrote the entry by hand, or to a node that
    /// has proved to be another.
    private Optional<String> taken(EntryKey key, WorkloadGroup group, SpiffeId id) {
        EntryState there = entries.get(key);
        if (there != null && !there.group().equals(group.metadata().name())) {
            return Optional.of("WorkloadEntry " + key + " is there already, and "
                    + (there.isRegistered() ? "of WorkloadGroup " + there.group() : "not of a WorkloadGroup"));
        }
        Live held = live.get(key);
        return held == null || held.id().equals(id)
                ? Optional.empty()
                : Optional.of("WorkloadEntry " + key + " is of a node that has proved to be " + held.id());
    }

    private Optional<String> tooMany(EntryKey key, WorkloadGroup group) {
        if (entries.containsKey(key) || live.containsKey(key)) {
            return Optional.empty();
        }
        Map<EntryKey, String> all = new HashMap<>();
        entries.forEach((one, state) -> {
            if (state.isRegistered()) {
                all.put(one, state.group());
            }
        });
        live.forEach((one, held) -> all.put(one, held.group()));
        String name = group.metadata().name();
        long ofGroup = all.entrySet().stream()
                .filter(one -> one.getKey().namespace().equals(key.namespace())
                        && one.getValue().equals(name))
                .count();
        if (all.size() >= limits.most()) {
            return Optional.of("too many registered workloads (limit: " + limits.most() + ")");
        }
        return ofGroup >= limits.ofGroup()
                ? Optional.of("too many registered workloads of WorkloadGroup " + key.namespace() + "/" + name
                        + " (limit: " + limits.ofGroup() + ")")
                : Optional.empty();
    }

    /// What a node says of itself has to be as right as what people write.
    private Optional<String> fault(ObjectNode entry, EntryKey key) {
        String text = entry.toString();
        if (text.length() > MAX_TEXT) {
            return Optional.of("WorkloadEntry " + key + " would have " + text.length() + " characters (limit: "
                    + MAX_TEXT + "): fewer labels");
        }
        return reader.read(text, key.toString()).stream()
                .map(ParsedResource::diagnostics)
                .flatMap(List::stream)
                .filter(Diagnostic::isError)
                .findFirst()
                .map(found -> "WorkloadEntry " + key + ": " + found.path() + ": " + found.summary());
    }

    private void connect(NodeStream stream, EntryKey key, Live made) {
        streams.put(stream, key);
        made.streams().add(stream);
        Live held = live.get(key);
        if (held != null) {
            if (held.entry().equals(made.entry())) {
                held.streams().add(stream);
                return;
            }
            made.streams().addAll(held.streams());
        }
        live.put(key, made);
        tell(key, made);
        LOG.atInfo().addKeyValue("entry", key).addKeyValue("proxy", stream.id()).log("a workload has registered");
    }

    private void tell(EntryKey key, Live one) {
        ObjectNode marked = one.entry().deepCopy();
        EntryObjects.markConnected(marked, home.identity(), one.since());
        home.connected(key, marked);
    }

    @Override
    public void left(NodeStream stream) {
        EntryKey key = streams.remove(stream);
        Live held = key == null ? null : live.get(key);
        if (key != null
                && held != null
                && held.streams().remove(stream)
                && held.streams().isEmpty()) {
            live.remove(key);
            reports.forget(key);
            home.disconnected(key, held.since(), clock.instant());
            LOG.atInfo().addKeyValue("entry", key).addKeyValue("grace", grace).log("a registered workload has gone");
        }
    }

    @Override
    public void health(NodeStream stream, Optional<String> unwell) {
        EntryKey key = streams.get(stream);
        if (key != null && live.containsKey(key)) {
            reports.said(key, unwell, clock.instant()).ifPresent(now -> home.health(key, now));
        }
    }

    /// The configuration has changed.
    public void onChange(Collection<RawResource> put, Collection<ResourceKey> removed) {
        for (RawResource resource : put) {
            switch (resource.key().kind()) {
                case "WorkloadGroup" -> onGroup(WorkloadGroup.bind(resource).value());
                case EntryKey.KIND ->
                    onEntry(
                            EntryKey.of(resource.key()),
                            EntryState.of(resource.metadata().annotations()));
                default -> {}
            }
        }
        for (ResourceKey key : removed) {
            switch (key.kind()) {
                case "WorkloadGroup" -> onGroupGone(key);
                case EntryKey.KIND -> onEntryGone(EntryKey.of(key));
                default -> {}
            }
        }
    }

    /// Nodes that would be registered otherwise by now come again, which costs their entries nothing.
    private void onGroup(WorkloadGroup group) {
        EntryKey name =
                new EntryKey(group.metadata().namespace(), group.metadata().name());
        groups.put(name, group);
        sendAway(
                name,
                "WorkloadGroup " + name + " has changed: connect again",
                (key, held) ->
                        !EntryObjects.entry(group, held.node(), key.name()).equals(held.entry()));
    }

    private void onGroupGone(ResourceKey group) {
        EntryKey name = EntryKey.of(group);
        groups.remove(name);
        sendAway(name, "WorkloadGroup " + name + " was deleted", (_, _) -> true);
        entries.forEach((key, state) -> {
            if (key.namespace().equals(name.namespace()) && state.group().equals(name.name())) {
                home.groupGone(key);
            }
        });
    }

    private void sendAway(EntryKey group, String reason, BiPredicate<EntryKey, Live> which) {
        live.forEach((key, held) -> {
            boolean ofGroup =
                    key.namespace().equals(group.namespace()) && held.group().equals(group.name());
            if (ofGroup && which.test(key, held)) {
                held.streams().forEach(stream -> stream.refuse(reason));
            }
        });
    }

    private void onEntry(EntryKey key, EntryState state) {
        entries.put(key, state);
        Live held = live.get(key);
        boolean ours = state.controller().equals(home.identity());
        if (held != null
                && ours
                && state.connectedAt().isEmpty()
                && state.disconnectedAt().isPresent()) {
            tellAgain(key, held); // somebody else thought that we were gone
        }
    }

    /// Deleted by hand, or by another control plane while its workload came back to this one.
    private void onEntryGone(EntryKey key) {
        entries.remove(key);
        Live held = live.get(key);
        if (held != null && groups.containsKey(new EntryKey(key.namespace(), held.group()))) {
            tellAgain(key, held);
        }
    }

    private void tellAgain(EntryKey key, Live held) {
        tell(key, held);
        reports.latest(key, clock.instant()).ifPresent(now -> home.health(key, now));
    }

    /// Removes what is over. To be called every second or so.
    public void sweep() {
        Instant now = clock.instant();
        reports.due(now).forEach(home::health);
        boolean settled = !now.isBefore(started.plus(RETURN));
        entries.forEach((key, state) -> {
            if (!state.isRegistered() || live.containsKey(key)) {
                return;
            }
            if (state.connectedAt().isEmpty()) {
                boolean over = state.disconnectedAt().isEmpty()
                        || !now.isBefore(state.disconnectedAt().get().plus(grace));
                if (over && home.leads()) {
                    home.remove(key, state);
                }
            } else if (settled && state.controller().equals(home.identity())) {
                home.disconnected(key, state.connectedAt().get(), now);
            } else if (settled && home.leads()) {
                home.orphaned(key, state, now);
            }
        });
    }
}
