package dev.lateen.model.analyze;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Asks analyzers of a set of resources. Thread: any.
public final class MeshAnalysis {
    private static final Comparator<Message> ORDER = Comparator.comparing(
                    (Message message) -> message.diagnostic().severity())
            .thenComparing(message -> message.diagnostic().code())
            .thenComparing(Message::origin)
            .thenComparingInt(message -> message.diagnostic().at().line())
            .thenComparing(message -> message.diagnostic().message());

    private final AnalysisSettings settings;
    private final List<Suppression> suppressions;

    public MeshAnalysis(AnalysisSettings settings, List<Suppression> suppressions) {
        this.settings = settings;
        this.suppressions = List.copyOf(suppressions);
    }

    /// What the analyzers say, the worst first; nothing about what was only assumed to be there.
    public List<Message> run(Collection<RawResource> resources, List<Analyzer> analyzers) {
        return finished(resources, said(resources, analyzers));
    }

    /// The same, with all that single resources and references between them give reason for.
    public List<Message> withAdvice(Collection<RawResource> resources, List<Analyzer> analyzers) {
        List<Message> said = said(resources, analyzers);
        List<Message> all = new ArrayList<>(said);
        all.addAll(Advice.beside(resources, said, settings.systemNamespace()));
        return finished(resources, all);
    }

    private List<Message> said(Collection<RawResource> resources, List<Analyzer> analyzers) {
        MeshContents mesh = new MeshContents(resources, settings);
        Messages messages = new Messages();
        analyzers.forEach(analyzer -> analyzer.check().run(mesh, messages));
        return messages.found().stream()
                .filter(message -> !message.diagnostic().at().file().equals(AssumedGateway.FILE))
                .filter(message -> !ImpliedPods.isOne(message.resource()))
                .distinct()
                .toList();
    }

    private List<Message> finished(Collection<RawResource> resources, List<Message> messages) {
        Map<ResourceKey, Map<String, String>> annotations = new HashMap<>();
        resources.forEach(
                resource -> annotations.put(resource.key(), resource.metadata().annotations()));
        return messages.stream()
                .filter(message ->
                        !Suppression.isSuppressed(message, annotations.getOrDefault(message.resource(), Map.of())))
                .filter(message -> suppressions.stream().noneMatch(one -> one.covers(message)))
                .sorted(ORDER)
                .toList();
    }
}
