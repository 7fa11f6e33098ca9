package dev.lateen.e2e.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.schema.FieldType;
import dev.lateen.model.schema.Schemas;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tables leave out no field of what they are about.
class FieldTablesTest {
    @ParameterizedTest
    @CsvSource({"AuthorizationPolicy, authorization.yaml", "RequestAuthentication, authentication.yaml"})
    void nameEveryField(String type, String table) throws IOException {
        Set<String> fields = new TreeSet<>();
        collect(type, fields);
        // Must stay empty, says the schema.
        fields.remove("namespace");
        // Keys at an address are fetched by the control plane: `TokensIT`, `IssuerKeysIT`.
        fields.remove("jwksUri");
        fields.remove("timeout");
        String text = text(table);
        assertThat(fields)
                .hasSizeGreaterThan(10)
                .allMatch(field ->
                        Pattern.compile("\\b" + field + ": ").matcher(text).find());
    }

    private static void collect(String type, Set<String> into) {
        Schemas.standard().object(type).fields().forEach((name, field) -> {
            if (into.add(name)) {
                FieldType inner = field.type() instanceof FieldType.ListOf(FieldType item) ? item : field.type();
                if (inner instanceof FieldType.ObjectOf(String typeName)) {
                    collect(typeName, into);
                }
            }
        });
    }

    private static String text(String table) throws IOException {
        try (InputStream in = Objects.requireNonNull(FieldTablesTest.class.getResourceAsStream(table), table)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
