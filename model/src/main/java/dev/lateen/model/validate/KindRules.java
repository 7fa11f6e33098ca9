package dev.lateen.model.validate;

import dev.lateen.model.resource.RawResource;

/// Picks the rules of a kind. Thread: any.
final class KindRules {
    private KindRules() {}

    static void check(RawResource resource, Report report) {
        View root = new View(resource.root(), "", report);
        View spec = root.object("spec").orElse(null);
        if (spec == null) {
            return;
        }
        Subject subject = new Subject(
                resource.metadata().name(),
                resource.metadata().namespace(),
                resource.metadata().labels(),
                resource.metadata().annotations());
        String named = resource.key().group() + "/" + resource.key().kind();
        switch (named) {
            case "networking.istio.io/VirtualService" -> new VirtualServiceRules(report, subject).check(spec);
            default -> {}
        }
    }

    static void checkSettings(String kind, View settings) {}
}
