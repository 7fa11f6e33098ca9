package dev.lateen.model.analyze;

import dev.lateen.model.resource.ResourceKey;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Messages that somebody does not want to see: `IST0102=DestinationRule primary-dr.default`, with `*` for any text in
/// the name.
///
/// @param code of the message, or `*`
/// @param origin matches `KIND NAME.NAMESPACE`
public record Suppression(String code, Pattern origin) {
    /// Resources carry it themselves, with codes and commas between them, or `*`.
    private static final String ANNOTATION = "galley.istio.io/analyze-suppress";

    /// Empty where the text is not `CODE=RESOURCE`.
    public static Optional<Suppression> parse(String text) {
        int equals = text.indexOf('=');
        if (equals <= 0 || equals == text.length() - 1) {
            return Optional.empty();
        }
        String pattern = Stream.of(text.substring(equals + 1).split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Optional.of(new Suppression(text.substring(0, equals), Pattern.compile(pattern)));
    }

    boolean covers(Message message) {
        return (code.equals("*") || code.equals(message.diagnostic().code()))
                && origin.matcher(named(message.resource())).matches();
    }

    private static String named(ResourceKey resource) {
        return resource.kind() + " " + resource.name()
                + (resource.namespace().isEmpty() ? "" : "." + resource.namespace());
    }

    /// Whether a resource's own annotations suppress a message about it.
    static boolean isSuppressed(Message message, Map<String, String> annotations) {
        return Stream.of(annotations.getOrDefault(ANNOTATION, "").split(",", -1))
                .map(String::strip)
                .anyMatch(code ->
                        code.equals("*") || code.equals(message.diagnostic().code()));
    }
}
