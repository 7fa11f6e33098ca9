package dev.lateen.cli;

import dev.lateen.cli.explain.Following;
import dev.lateen.cli.mesh.PodProxy;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Whose requests, and which of them, a command follows.
final class LiveRequests {
    @Parameters(
            arity = "0..1",
            paramLabel = "[TYPE/]NAME[.NAMESPACE]",
            description = "Only this pod's proxy.",
            defaultValue = "")
    private String pod = "";

    @Mixin
    private DecisionOptions filter = new DecisionOptions();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private MeshTarget target = new MeshTarget();

    Following follow() throws IOException {
        List<PodProxy> proxies = pod.isEmpty() ? target.pods() : List.of(target.pod(pod));
        return new Following(proxies, admin.decisions());
    }

    /// What came since the last time.
    Following.Batch next(Following following) throws IOException {
        return following.next(filter.query());
    }
}
