package dev.lateen.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What docs/limits.md names is there: the setting, the constant, the test.
class LimitsTableTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern MEMBER = Pattern.compile("([A-Z]\\w+)(?:\\.(\\w+))?");
    private static final int MIN_ROWS = 50;

    private static List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (String line :
                Repository.read(Repository.ROOT.resolve("docs/limits.md")).split("\n")) {
            if (line.startsWith("| ") && !line.startsWith("| ---") && !line.endsWith("| test |")) {
                rows.add(List.of(line.substring(2, line.length() - 2).split(" \\| ")));
            }
        }
        return rows;
    }

    private static List<String> named(String cell) {
        return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    @Test
    void hasEnoughRowsOfFiveCells() {
        assertThat(rows()).hasSizeGreaterThan(MIN_ROWS).allMatch(row -> row.size() == 5, "five cells");
    }

    @Test
    void everyTestExists() {
        Set<String> tests = new HashSet<>();
        for (Path file : Repository.javaFiles()) {
            if (file.toString().contains("/src/test/")) {
                tests.add(file.getFileName().toString().replace(".java", ""));
            }
        }
        List<String> missing = new ArrayList<>();
        for (List<String> row : rows()) {
            List<String> given = named(row.getLast());
            if (given.isEmpty() || !tests.containsAll(given)) {
                missing.add(row.getFirst() + ": " + row.getLast());
            }
        }
        assertThat(missing).isEmpty();
    }

    /// A constant is declared by its type; a setting stands in some source as text.
    @Test
    void everySettingExists() {
        Map<String, String> sources = new HashMap<>();
        StringBuilder all = new StringBuilder();
        for (Path file : Repository.javaFiles()) {
            if (file.toString().contains("/src/main/")) {
                String source = Repository.read(file);
                sources.put(file.getFileName().toString().replace(".java", ""), source);
                all.append(source);
            }
        }
        String everything = all.toString();
        List<String> missing = new ArrayList<>();
        for (List<String> row : rows()) {
            for (String setting : named(row.get(2))) {
                Matcher member = MEMBER.matcher(setting);
                boolean there = member.matches()
                        ? isDeclared(sources.get(member.group(1)), member.group(2))
                        : everything.contains("\"" + setting);
                if (!there) {
                    missing.add(row.getFirst() + ": " + setting);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean isDeclared(String source, String member) {
        return source != null
                && (member == null
                        || Pattern.compile("\\b" + member + "\\b")
                                .matcher(source)
                                .find());
    }

    @Test
    void everyVariableOfTheEnvironmentIsTheLaunchers() throws Exception {
        String launcher = Files.readString(Repository.ROOT.resolve("lateen"));
        List<String> variables = Pattern.compile("`(LATEEN_\\w+)`")
                .matcher(Repository.read(Repository.ROOT.resolve("docs/limits.md")))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(variables).isNotEmpty().allMatch(launcher::contains, "in the launcher");
    }
}
