package dev.lateen.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Documents that follow a request or a resource through the code name types and files that exist.
class DocsTest {
    private static final Path DOCS = Repository.ROOT.resolve("docs");
    private static final Pattern TYPE = Pattern.compile("`([A-Z][a-zA-Z0-9]*[a-z][a-zA-Z0-9]*)(?:[.(][^`]*)?`");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)(?:#[^)]*)?\\)");

    /// The documents in which a word in code marks is one of our types.
    private static final List<String> CODE_WALKS =
            List.of("architecture.md", "life-of-a-request.md", "life-of-a-resource.md", "threads.md");

    @Test
    void everyTypeThatAWalkNamesExists() {
        Set<String> types = Repository.javaFiles().stream()
                .flatMap(file -> declaredTypes(Repository.read(file)).stream())
                .collect(Collectors.toSet());
        List<String> missing = new ArrayList<>();
        for (String walk : CODE_WALKS) {
            Matcher named = TYPE.matcher(Repository.read(DOCS.resolve(walk)));
            while (named.find()) {
                if (!types.contains(named.group(1))) {
                    missing.add(walk + ": " + named.group(1));
                }
            }
        }
        assertThat(missing).as("types that are named but do not exist").isEmpty();
    }

    @Test
    void linksBetweenDocumentsLeadSomewhere() {
        List<String> broken = new ArrayList<>();
        List<Path> documents = new ArrayList<>(Repository.files(DOCS, ".md"));
        documents.add(Repository.ROOT.resolve("README.md"));
        documents.add(Repository.ROOT.resolve("CONTRIBUTING.md"));
        for (Path document : documents) {
            Matcher link = LINK.matcher(Repository.read(document));
            while (link.find()) {
                if (!Files.exists(document.resolveSibling(link.group(1)))) {
                    broken.add(Repository.ROOT.relativize(document) + " -> " + link.group(1));
                }
            }
        }
        assertThat(broken).as("links").isEmpty();
    }

    @Test
    void everyDifferenceInTheCodeIsListed() {
        String listed = Repository.read(DOCS.resolve("differences.md"));
        List<String> missing = Repository.javaFiles().stream()
                .filter(file -> Repository.read(file).contains("Differs:"))
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .filter(type -> !type.equals("DocsTest") && !listed.contains(type))
                .toList();
        assertThat(missing)
                .as("types with a `Differs:` line that docs/differences.md does not name")
                .isEmpty();
    }

    private static Set<String> declaredTypes(String source) {
        return Pattern.compile("\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)")
                .matcher(source)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toSet());
    }
}
