package dev.lateen.model.validate;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;

/// Rules for names, labels and annotations, the same for all kinds. Thread: any.
final class MetadataRules {
    private static final int LONGEST_NAME = 253;

    private MetadataRules() {}

    static void check(View root, RawResource resource) {
        root.object("metadata").ifPresent(metadata -> {
            if (metadata.filled("name") && !isName(metadata.text("name"))) {
                metadata.error("name", "bad-name", "not a valid name", "lower-case letters, digits, - and .");
            }
            if (metadata.filled("namespace") && !HostNames.isLabel(metadata.text("namespace"))) {
                metadata.error("namespace", "bad-namespace", "not a namespace", "lower-case letters, digits and -");
            }
            Checks.labels(metadata, "labels");
            texts(metadata, "labels");
            texts(metadata, "annotations");
        });
        boolean needsSpec = resource.key().group().endsWith("istio.io");
        if (needsSpec && !root.has("spec")) {
            root.error("spec", "missing-required", "spec is missing");
        }
    }

    private static void texts(View metadata, String field) {
        metadata.object(field)
                .ifPresent(map -> map.mapping().fields().forEach((key, value) -> {
                    boolean text = value.value() instanceof Scalar(var _, ScalarType type, var _)
                            && (type == ScalarType.STRING || type == ScalarType.NULL);
                    if (!text) {
                        Spot spot = map.spot(key);
                        map.report()
                                .error(spot, "wrong-type", "wrong type: not a string", "a string; put it in quotes");
                    }
                }));
    }

    private static boolean isName(String name) {
        if (name.length() > LONGEST_NAME) {
            return false;
        }
        for (String label : name.split("\\.", -1)) {
            boolean fits = !label.isEmpty()
                    && !label.startsWith("-")
                    && !label.endsWith("-")
                    && label.chars()
                            .allMatch(next ->
                                    (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9') || next == '-');
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
