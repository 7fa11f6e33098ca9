package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Invalid;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.schema.FieldSchema;
import dev.lateen.model.schema.FieldType;
import dev.lateen.model.schema.KindSchema;
import dev.lateen.model.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Resources made at random from the schema, right and wrong: whatever they say, the verdict is a list of findings
/// with places, never an exception.
class RandomResourcesTest {
    private static final int ROUNDS = 60;
    private static final String[] WORDS = {
        "\"\"",
        "x",
        "*",
        "-1",
        "0",
        "80",
        "99999999999",
        "1.5",
        "true",
        "null",
        "5s",
        "1ns",
        "[]",
        "{}",
        "[null]",
        "~/x",
        "ns/*",
        "\"a.b.c\"",
        "unix:///x",
        "\"[\"",
        "\"%\"",
        "http://x",
        "\"::1\"",
        "10.0.0.0/33",
        "{a: 1}",
        "[x, x]",
        "2026-13-01"
    };

    private final Schemas schemas = Schemas.standard();

    @Test
    void alwaysReachesAVerdict() {
        long seed = 99;
        Random random = new Random(seed);
        ResourceReader reader = ResourceReader.create();
        for (KindSchema kind : schemas.kinds()) {
            for (int round = 0; kind.isResource() && round < ROUNDS; round++) {
                String text = resource(kind, random);
                List<ParsedResource> parsed = reader.read(text, "f.yaml");
                assertThat(parsed)
                        .as("seed %d: %s", seed, text)
                        .hasSize(1)
                        .allSatisfy(RandomResourcesTest::isWellFormed);
                List<RawResource> valid = parsed.stream()
                        .filter(Valid.class::isInstance)
                        .map(found -> ((Valid) found).resource())
                        .toList();
                assertThat(new ReferenceChecker("istio-system").check(valid)).isNotNull();
            }
        }
    }

    private static void isWellFormed(ParsedResource parsed) {
        assertThat(Diagnostic.anyError(parsed.diagnostics())).isEqualTo(parsed instanceof Invalid);
        assertThat(parsed.diagnostics()).allSatisfy(found -> {
            assertThat(found.code()).matches("[a-z0-9-]+");
            assertThat(found.message()).isNotBlank().doesNotEndWith(".");
        });
    }

    private String resource(KindSchema kind, Random random) {
        String group = kind.group().isEmpty() ? "" : kind.group() + "/";
        StringBuilder text = new StringBuilder("{apiVersion: " + group
                + kind.versions().getFirst() + ", kind: " + kind.kind() + ", metadata: {name: x}");
        for (FieldSchema field : kind.root().fields().values()) {
            boolean own = !List.of("apiVersion", "kind", "metadata", "status").contains(field.name());
            if (own && random.nextInt(10) > 0) {
                text.append(", ").append(field.name()).append(": ").append(value(field.type(), random, 0));
            }
        }
        return text.append("}").toString();
    }

    private String value(FieldType type, Random random, int depth) {
        if (random.nextInt(12) == 0 || depth > 12) {
            return WORDS[random.nextInt(WORDS.length)];
        }
        return switch (type) {
            case FieldType.ObjectOf(String name) -> object(name, random, depth);
            case FieldType.ListOf(FieldType item) -> {
                List<String> items = new ArrayList<>();
                for (int count = random.nextInt(3); count > 0; count--) {
                    items.add(value(item, random, depth + 1));
                }
                yield items.toString();
            }
            case FieldType.MapOf(FieldType item) ->
                "{\"80\": " + value(item, random, depth + 1) + ", \"*\": " + value(item, random, depth + 1) + "}";
            case FieldType.Choice choice ->
                choice.words().get(random.nextInt(choice.words().size()));
            case FieldType.Simple _, FieldType.Whole _, FieldType.Decimal _ -> WORDS[random.nextInt(WORDS.length)];
        };
    }

    private String object(String name, Random random, int depth) {
        List<String> fields = new ArrayList<>();
        for (FieldSchema field : schemas.object(name).fields().values()) {
            if (random.nextInt(3) == 0) {
                fields.add(field.name() + ": " + value(field.type(), random, depth + 1));
            }
        }
        return "{" + String.join(", ", fields) + "}";
    }
}
