package dev.lateen.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Compares a list of implemented fields with the schema and with the decoders that stand beside it.
public final class FieldLists {
    private static final Path SOURCES = Path.of("src/main/java/dev/lateen/proxy");

    private FieldLists() {}

    /// Every listed name is a field of the schema; every field is refused, harmless, or read by a decoder of these
    /// packages.
    ///
    /// @param packages below `dev.lateen.proxy`, such as `route`
    public static void assertMatchesSchema(ImplementedFields list, List<Descriptor> roots, String... packages)
            throws IOException {
        Map<String, Descriptor> messages = new HashMap<>();
        roots.forEach(root -> collect(root, messages));
        String decoders = decoders(packages);
        List<String> wrong = new ArrayList<>();
        messages.forEach((name, message) -> {
            list.unknownNames(message).forEach(field -> wrong.add(name + "." + field + " is no field"));
            for (String field : list.read(name)) {
                FieldDescriptor descriptor = message.findFieldByName(field);
                if (descriptor != null && !isRead(descriptor, decoders)) {
                    wrong.add(name + "." + field + " is neither read nor refused");
                }
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(messages.keySet().stream().filter(list.messages()::contains)).hasSizeGreaterThan(roots.size());
    }

    private static void collect(Descriptor message, Map<String, Descriptor> into) {
        if (into.putIfAbsent(message.getFullName(), message) == null) {
            for (FieldDescriptor field : message.getFields()) {
                if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                    collect(field.getMessageType(), into);
                }
            }
        }
    }

    /// By an accessor, by its number, or as the case of a `oneof`.
    private static boolean isRead(FieldDescriptor field, String decoders) {
        StringBuilder camel = new StringBuilder();
        for (String part : field.getName().split("_", -1)) {
            camel.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
        }
        String accessor = camel.toString().replaceAll("(\\d)([a-z])", "$1_$2");
        StringBuilder upper = new StringBuilder();
        for (String part : accessor.split("_", -1)) {
            upper.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
        }
        String pattern = "(get|has)" + upper + "(List|Count|Map|Value|Case|OrDefault)?\\(";
        String number =
                field.getContainingType().getName() + "." + field.getName().toUpperCase(Locale.ROOT) + "_FIELD_NUMBER";
        return Pattern.compile(pattern).matcher(decoders).find()
                || decoders.contains(number)
                || (field.getContainingOneof() != null
                        && decoders.contains("case " + field.getName().toUpperCase(Locale.ROOT)));
    }

    private static String decoders(String... packages) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String one : packages) {
            try (Stream<Path> files = Files.walk(SOURCES.resolve(one))) {
                for (Path file : files.filter(f -> f.toString().endsWith("Decoder.java") || one.equals("config"))
                        .filter(Files::isRegularFile)
                        .toList()) {
                    text.append(Files.readString(file));
                }
            }
        }
        return text.toString();
    }
}
