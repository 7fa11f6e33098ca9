package dev.lateen.proxy.admin;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.AppProbes;
import dev.lateen.proxy.probe.Probe;
import dev.lateen.proxy.probe.ProbeAnswer;
import dev.lateen.proxy.probe.ProbeAsker;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks the application, on the kubelet's behalf, how it is: the kubelet has no certificate of the mesh, so that a
/// sidecar with strict mutual TLS would turn it away.
///
/// Thread: any; the application is asked on a virtual thread.
public final class AppProber {
    private final Map<String, Probe> probes;
    private final ProbeAsker asker;

    private AppProber(Map<String, Probe> probes, ProbeAsker asker) {
        this.probes = probes;
        this.asker = asker;
    }

    /// @param loops for questions by gRPC
    public static AppProber of(Map<String, String> environment, EventLoops loops) {
        String host = environment.getOrDefault("INSTANCE_IP", "127.0.0.1");
        return new AppProber(AppProbes.of(environment, host), new ProbeAsker(loops, host));
    }

    /// Empty where no probe is known by the path.
    Optional<Probe> probe(String path) {
        return Optional.ofNullable(probes.get(path));
    }

    /// Asks and waits; empty where no probe is known by the path.
    public Optional<AdminReply> answer(String path) {
        return probe(path).map(this::answer);
    }

    void ask(Probe probe, Consumer<AdminReply> reply) {
        Thread.ofVirtual().name("probe").start(() -> reply.accept(answer(probe)));
    }

    private AdminReply answer(Probe probe) {
        if (probe.question() instanceof Probe.Unsupported(var what)) {
            return AdminReply.text(501, "probes of this kind are not asked: " + what + "\n");
        }
        return switch (asker.ask(probe)) {
            case ProbeAnswer.Status(int status) -> AdminReply.text(status, "");
            case ProbeAnswer.Good _ -> AdminReply.text("");
            case ProbeAnswer.Bad(var reason) ->
                AdminReply.text(503, "the application does not answer: " + reason + "\n");
        };
    }
}
