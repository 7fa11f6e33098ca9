package dev.lateen.model.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.source.YamlDocument.Broken;
import dev.lateen.model.source.YamlDocument.Read;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Position;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    private final YamlReader reader = new YamlReader(YamlLimits.DEFAULT);

    @Test
    void knowsWhereEachValueStands() {
        Fields root = root("a: 1\nb:\n  - x\n  - c: deep\n");
        assertThat(root.at("a")).isEqualTo(new Position("f.yaml", 1, 4));
        assertThat(root.objects("b", item -> item.at("c"))).containsExactly(new Position("f.yaml", 4, 8));
    }

    @Test
    void countsLinesThroughAllDocuments() {
        List<YamlDocument> documents = reader.read("a: 1\n---\n# note\n\nb: 2\n", "f.yaml");
        assertThat(documents.get(1).at()).isEqualTo(new Position("f.yaml", 5, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "on, STRING", "yes, STRING", "true, BOOLEAN", "012, INTEGER", "-3, INTEGER", "1e3, FLOAT", ".5, FLOAT",
        "~, NULL", "null, NULL", "1.2.3, STRING", "5s, STRING", "'\"7\"', STRING", "0x1F, INTEGER", ".inf, FLOAT"
    })
    void resolvesScalarsByTheCoreSchema(String text, ScalarType type) {
        Node value = ((Mapping)
                        ((Read) reader.read("a: " + text + "\n", "f.yaml").getFirst()).root())
                .get("a")
                .orElseThrow();
        assertThat(((Scalar) value).type()).isEqualTo(type);
    }

    @Test
    void leavesEmptyDocumentsOut() {
        assertThat(reader.read("---\n---\n# only a note\n---\nnull\n", "f.yaml"))
                .isEmpty();
    }

    @Test
    void goesOnBehindABrokenDocument() {
        List<YamlDocument> documents = reader.read("a: 1\n---\nkind: X\nb: [1, 2\nc: }\n---\nd: 4\n", "f.yaml");
        assertThat(documents).hasSize(3);
        assertThat(documents.get(0)).isInstanceOf(Read.class);
        assertThat(documents.get(1)).isInstanceOf(Broken.class);
        assertThat(documents.get(2)).isInstanceOf(Read.class);
    }

    @Test
    void keepsWhatABrokenDocumentSaidBefore() {
        Broken broken = broken("kind: Gateway\nmetadata:\n  name: gw\nspec: [1, 2\n");
        assertThat(new Fields(broken.root()).text("kind")).contains("Gateway");
    }

    @Test
    void saysWhereBothOfTwoEqualKeysStand() {
        Diagnostic diagnostic =
                broken("a:\n  b: 1\n  c: 2\n  b: 3\n").diagnostics().getFirst();
        assertThat(diagnostic.code()).isEqualTo("duplicate-key");
        assertThat(diagnostic.path()).isEqualTo("a.b");
        assertThat(diagnostic.at()).isEqualTo(new Position("f.yaml", 4, 3));
        assertThat(diagnostic.advice()).contains("2:3");
    }

    @Test
    void advisesAgainstTabs() {
        Diagnostic diagnostic = broken("a:\n\tb: 1\n").diagnostics().getFirst();
        assertThat(diagnostic.code()).isEqualTo("yaml-syntax");
        assertThat(diagnostic.at().line()).isEqualTo(2);
        assertThat(diagnostic.advice()).contains("spaces");
    }

    @Test
    void readsJsonWithTabs() {
        assertThat(root("{\n\t\"a\": {\"b\": \"x\\ty\"}\n}\n").object("a", a -> a.text("b", "")))
                .contains("x\ty");
    }

    @Test
    void replacesAliasesByWhatTheyName() {
        assertThat(root("a: &x {k: v}\nb: *x\n").object("b", b -> b.text("k", "")))
                .contains("v");
    }

    @Test
    void mergesMappings() {
        Fields root = root("base: &x {k: v, l: w}\nb:\n  <<: *x\n  l: own\n");
        assertThat(root.textMap("b"))
                .containsEntry("k", "v")
                .containsEntry("l", "own")
                .hasSize(2);
    }

    @Test
    void refusesAnAliasOfItself() {
        assertThat(broken("a: &x [*x]\n").diagnostics().getFirst().code()).isEqualTo("yaml-alias");
    }

    @Test
    void refusesABillionLaughs() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level < 12; level++) {
            String alias = "*a" + (level - 1);
            text.append("a%d: &a%d [%s]\n".formatted(level, level, (alias + ", ").repeat(9) + alias));
        }
        assertThat(broken(text.toString()).diagnostics().getFirst().code()).isEqualTo("too-large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- "})
    void refusesDeepNestingWithoutAStackOverflow(String opening) {
        assertThat(broken(opening.repeat(20_000)).diagnostics().getFirst().code())
                .isIn("too-deep", "yaml-syntax");
    }

    @Test
    void refusesALargeFile() {
        YamlReader small = new YamlReader(new YamlLimits(10, 10, 10, 10));
        assertThat(((Broken) small.read("a: 12345678901234567890", "f.yaml").getFirst()).diagnostics())
                .extracting(Diagnostic::code)
                .containsExactly("too-large");
    }

    @Test
    void refusesControlCharacters() {
        Diagnostic diagnostic = broken("a: 1\nb: \u0007\n").diagnostics().getFirst();
        assertThat(diagnostic.message()).contains("U+0007");
        assertThat(diagnostic.at().line()).isEqualTo(2);
    }

    @Test
    void refusesUnknownTags() {
        assertThat(broken("a: !!java.lang.Thread {}\nb: !x y\n").diagnostics())
                .extracting(Diagnostic::code)
                .contains("yaml-tag");
    }

    /// Whatever the text, reading ends with documents and never with an exception.
    @Test
    void survivesRandomTexts() {
        long seed = 20260131;
        Random random = new Random(seed);
        String[] pieces = {
            "a",
            "b: ",
            "- ",
            "\n",
            "  ",
            "---\n",
            "...\n",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\"",
            "'",
            "&x ",
            "*x",
            "!t ",
            "<<: ",
            "|\n",
            ">-\n",
            "? ",
            "# c\n",
            "%YAML 1.2\n",
            "\t",
            "~",
            "1",
            "0x",
            "\u0000",
            "\ud83d\ude00",
            "\ud83d",
            "\r\n",
            ": "
        };
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int piece = 0; piece < length; piece++) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            assertThat(reader.read(text.toString(), "f.yaml"))
                    .as("seed %d round %d: %s", seed, round, text)
                    .allSatisfy(document -> assertThat(document.at().line()).isPositive());
        }
    }

    private Fields root(String text) {
        return new Fields((Mapping) ((Read) reader.read(text, "f.yaml").getFirst()).root());
    }

    private Broken broken(String text) {
        return (Broken) reader.read(text, "f.yaml").getFirst();
    }
}
