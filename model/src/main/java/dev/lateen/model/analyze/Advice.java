package dev.lateen.model.analyze;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.validate.ReferenceChecker;
import dev.lateen.model.validate.Validator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What the checks of single resources and of references find, beside what analyzers have said: schema errors and
/// warnings under Istio's codes, everything that Istio has no message for under its own. Thread: any.
final class Advice {
    /// What an analyzer says in Istio's words.
    private static final Set<String> SAID_BY_ANALYZERS =
            Set.of("unreachable", "reference-not-found", "rival", "selects-nothing");

    private final Map<String, TreeMap<Integer, ResourceKey>> byPlace = new HashMap<>();
    private final Map<ResourceKey, Set<String>> saidPaths = new HashMap<>();
    private final List<Message> found = new ArrayList<>();

    private Advice(Collection<RawResource> resources, List<Message> said) {
        for (RawResource resource : resources) {
            byPlace.computeIfAbsent(resource.origin().file(), file -> new TreeMap<>())
                    .put(resource.origin().line(), resource.key());
        }
        for (Message message : said) {
            saidPaths
                    .computeIfAbsent(message.resource(), key -> new HashSet<>())
                    .add(message.diagnostic().path());
        }
    }

    static List<Message> beside(Collection<RawResource> resources, List<Message> said, String rootNamespace) {
        Advice advice = new Advice(resources, said);
        Validator validator = Validator.create();
        for (RawResource resource : resources) {
            validator.validate(resource).forEach(one -> advice.add(resource.key(), schema(one)));
        }
        for (Diagnostic one : new ReferenceChecker(rootNamespace).check(resources)) {
            advice.ownerOf(one).ifPresent(owner -> advice.add(owner, one));
        }
        return advice.found;
    }

    private void add(ResourceKey resource, Diagnostic diagnostic) {
        boolean said = SAID_BY_ANALYZERS.contains(diagnostic.code())
                && saidPaths.getOrDefault(resource, Set.of()).stream()
                        .anyMatch(path -> path.startsWith(diagnostic.path())
                                || diagnostic.path().startsWith(path));
        // Of kinds that are not the mesh's an analysis has nothing to say.
        if (!said && !(diagnostic.code().equals("unknown-kind") && diagnostic.severity() == Severity.INFO)) {
            found.add(new Message(resource, diagnostic));
        }
    }

    /// Under Istio's code for what a schema does not allow, or advises against.
    private static Diagnostic schema(Diagnostic one) {
        boolean own = one.severity() == Severity.INFO || SAID_BY_ANALYZERS.contains(one.code());
        if (own) {
            return one;
        }
        MessageType type = one.isError() ? MessageType.SCHEMA_VALIDATION_ERROR : MessageType.SCHEMA_WARNING;
        String text = one.path().isEmpty() ? one.message() : one.path() + ": " + one.message();
        return new Diagnostic(
                type.severity(),
                type.code(),
                one.at(),
                one.path(),
                type.text(text),
                one.value(),
                one.expected(),
                one.advice());
    }

    /// The resource in whose text the finding stands.
    private Optional<ResourceKey> ownerOf(Diagnostic one) {
        return Optional.ofNullable(byPlace.get(one.at().file()))
                .map(places -> places.floorEntry(one.at().line()))
                .map(Map.Entry::getValue);
    }
}
