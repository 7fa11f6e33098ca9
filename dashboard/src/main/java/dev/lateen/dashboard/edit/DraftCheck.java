package dev.lateen.dashboard.edit;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import dev.lateen.model.validate.ReferenceChecker;
import dev.lateen.model.validate.ResourceReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Says of a text that somebody is writing what `lateen validate` and the mesh would say of it.
///
/// Thread: any.
public final class DraftCheck {
    private static final String OTHER = "other-resource";

    private final ResourceReader reader = ResourceReader.create();
    private final ReferenceChecker references;

    /// @param rootNamespace the namespace whose policies hold for the whole mesh
    public DraftCheck(String rootNamespace) {
        this.references = new ReferenceChecker(rootNamespace);
    }

    /// A document as somebody has written it.
    ///
    /// @param file the name that positions carry
    /// @param firstLine of the file on which it begins, from 1
    public record Draft(String text, String file, int firstLine) {}

    /// @param findings in the order of the lines, their positions in the file
    /// @param acceptable whether the mesh would take it as it is
    public record Verdict(List<Diagnostic> findings, boolean acceptable) {}

    /// The resources that a document names, whether they are in order or not.
    public Set<ResourceKey> keys(Draft draft) {
        Set<ResourceKey> keys = new LinkedHashSet<>();
        for (ParsedResource one : read(draft)) {
            switch (one) {
                case ParsedResource.Valid(RawResource resource, var _) -> keys.add(resource.key());
                case ParsedResource.Invalid(var key, var _, var _) -> key.ifPresent(keys::add);
                case ParsedResource.Fragment _ -> {}
            }
        }
        return keys;
    }

    /// @param keys of what the document is to hold, no less and no more
    /// @param mesh all resources as they are
    public Verdict check(Draft draft, Set<ResourceKey> keys, Collection<RawResource> mesh) {
        List<Diagnostic> found = new ArrayList<>();
        List<RawResource> resources = new ArrayList<>(mesh);
        resources.removeIf(resource -> keys.contains(resource.key()));
        for (ParsedResource parsed : read(draft)) {
            found.addAll(parsed.diagnostics());
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                resources.add(resource);
            }
        }
        found.addAll(strangers(draft, keys));
        boolean acceptable = !Diagnostic.anyError(found);
        int lines = (int) draft.text().chars().filter(one -> one == '\n').count() + 1;
        for (Diagnostic one : references.check(resources)) {
            Position at = one.at();
            boolean here = at.line() >= draft.firstLine() && at.line() < draft.firstLine() + lines;
            if (here && at.file().equals(draft.file()) && !found.contains(one)) {
                found.add(one);
            }
        }
        found.sort((one, other) -> Integer.compare(one.at().line(), other.at().line()));
        return new Verdict(List.copyOf(found), acceptable);
    }

    private List<ParsedResource> read(Draft draft) {
        return reader.read("\n".repeat(Math.max(0, draft.firstLine() - 1)) + draft.text(), draft.file());
    }

    /// A change of a name would be one resource less and another more, which nobody sees in a line.
    private List<Diagnostic> strangers(Draft draft, Set<ResourceKey> keys) {
        List<Diagnostic> found = new ArrayList<>();
        Position at = new Position(draft.file(), draft.firstLine(), 1);
        Set<ResourceKey> written = keys(draft);
        for (ResourceKey key : written) {
            if (!keys.contains(key)) {
                found.add(Diagnostic.error(OTHER, at, "", key + " is another resource than what stands here")
                        .withAdvice("write it into a document of its own"));
            }
        }
        for (ResourceKey key : keys) {
            if (!written.contains(key)) {
                found.add(Diagnostic.error(OTHER, at, "", key + " would be gone")
                        .withAdvice("delete a resource where it comes from"));
            }
        }
        return found;
    }
}
