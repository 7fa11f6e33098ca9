package dev.lateen.e2e.smuggling;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the inputs: `[GROUP]`, then lines of `EXPECTED | NAME | TEXT`. `@values T` begins a table of `NAME |
/// SPELLING`, `@cross T` lines into which each spelling of the table is put for `{v}`, `@plain` ordinary lines
/// again.
final class Corpus {
    private final List<Attack> attacks = new ArrayList<>();
    private final Map<String, List<String[]>> tables = new HashMap<>();
    private final int first;
    private String group = "";
    private String table = "";
    private Mode mode = Mode.PLAIN;

    private enum Mode {
        PLAIN,
        VALUES,
        CROSS
    }

    private Corpus(int first) {
        this.first = first;
    }

    static List<Attack> http1() {
        Corpus corpus = new Corpus(10_000);
        corpus.read("http1-framing.txt");
        corpus.read("http1-heads.txt");
        return corpus.attacks;
    }

    static List<Attack> http2() {
        Corpus corpus = new Corpus(20_000);
        corpus.read("http2.txt");
        return corpus.attacks;
    }

    static List<Attack> responses() {
        Corpus corpus = new Corpus(30_000);
        corpus.read("responses.txt");
        return corpus.attacks;
    }

    private void read(String file) {
        mode = Mode.PLAIN;
        try (InputStream in = Corpus.class.getResourceAsStream("/smuggling/" + file)) {
            if (in == null) {
                throw new IllegalStateException("no resource smuggling/" + file);
            }
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(this::line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith("[")) {
            group = line.substring(1, line.length() - 1);
            mode = Mode.PLAIN;
        } else if (line.startsWith("@")) {
            String[] words = line.split(" ", 2);
            mode = Mode.valueOf(words[0].substring(1).toUpperCase(java.util.Locale.ROOT));
            table = words.length > 1 ? words[1] : "";
        } else {
            switch (mode) {
                case PLAIN -> plain(cells(line, 3), "", "");
                case VALUES ->
                    tables.computeIfAbsent(table, _ -> new ArrayList<>()).add(cells(line, 2));
                case CROSS -> {
                    String[] cells = cells(line, 3);
                    for (String[] value : tables.getOrDefault(table, List.of())) {
                        plain(cells, value[0], value[1]);
                    }
                }
            }
        }
    }

    private void plain(String[] cells, String name, String value) {
        String id = Integer.toString(first + attacks.size());
        attacks.add(new Attack(
                id,
                group,
                cells[1].replace("{v}", name),
                Integer.parseInt(cells[0].replace("?", "")),
                cells[0].endsWith("?"),
                cells[2].replace("{v}", value)));
    }

    /// Blanks count, except one behind the bar.
    private static String[] cells(String line, int count) {
        String[] cells = line.split(" \\|", count);
        if (cells.length != count) {
            throw new IllegalStateException("expected " + count + " cells: " + line);
        }
        for (int index = 1; index < count; index++) {
            cells[index] = cells[index].startsWith(" ") ? cells[index].substring(1) : cells[index];
        }
        return cells;
    }
}
