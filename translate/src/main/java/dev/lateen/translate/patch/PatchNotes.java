package dev.lateen.translate.patch;

import dev.lateen.model.diagnostic.Diagnostic;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What is found out while patches are applied: which had an effect on the resource at hand, and what could not be
/// done.
///
/// Limits: 200 problems.
///
/// Thread: control loop.
final class PatchNotes {
    private static final int MOST = 200;

    private final Set<CompiledPatch> applied = new LinkedHashSet<>();
    private final Set<Diagnostic> problems = new LinkedHashSet<>();

    void applied(CompiledPatch patch) {
        applied.add(patch);
    }

    void problem(CompiledPatch patch, String text, String advice) {
        if (problems.size() < MOST) {
            problems.add(Diagnostic.warning(
                            "patch-without-effect",
                            patch.patch().origin().at(),
                            patch.patch().origin().field(),
                            text)
                    .withAdvice(advice));
        }
    }

    /// Those noted since the last call, in order.
    List<CompiledPatch> takeApplied() {
        List<CompiledPatch> taken = List.copyOf(applied);
        applied.clear();
        return taken;
    }

    Collection<Diagnostic> problems() {
        return List.copyOf(problems);
    }
}
