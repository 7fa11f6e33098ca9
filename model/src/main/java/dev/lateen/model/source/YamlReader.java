package dev.lateen.model.source;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads a file of YAML 1.2 or JSON documents. A broken document costs only itself: reading goes on at the next line
/// that starts with `---`, which YAML lets mean nothing else.
///
/// Thread: any. Source: YAML 1.2.2, chapters 9 and 10.3.
public final class YamlReader {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final YamlLimits limits;
    private final LoadSettings settings;

    public YamlReader(YamlLimits limits) {
        this.limits = limits;
        this.settings = LoadSettings.builder()
                .setUseMarks(true)
                .setParseComments(false)
                .setCodePointLimit(limits.maxCharacters())
                .build();
    }

    /// The documents in order, empty ones left out.
    ///
    /// @param file the name that positions will carry
    public List<YamlDocument> read(String text, String file) {
        return read(text, file, 1);
    }

    /// The same for a text that stands inside of a file, such as a value of a ConfigMap.
    ///
    /// @param firstLine the line of the file at which the text starts, from 1
    public List<YamlDocument> read(String text, String file, int firstLine) {
        if (text.length() > limits.maxCharacters()) {
            return List.of(tooLarge(file, "file has " + text.length() + " characters", limits.maxCharacters()));
        }
        List<YamlDocument> documents = new ArrayList<>();
        for (Chunk chunk : chunks(text, firstLine)) {
            if (documents.size() >= limits.maxDocuments()) {
                documents.add(tooLarge(file, "file has too many documents", limits.maxDocuments()));
                break;
            }
            readChunk(chunk, file, documents);
        }
        return documents;
    }

    private void readChunk(Chunk chunk, String file, List<YamlDocument> documents) {
        TreeBuilder builder = new TreeBuilder(file, chunk.firstLine(), limits);
        try {
            for (Event event : new Parse(settings).parseString(chunk.text())) {
                builder.accept(event);
                if (event.getEventId() == Event.ID.DocumentEnd) {
                    builder.finish().ifPresent(documents::add);
                    builder = new TreeBuilder(file, chunk.firstLine(), limits);
                } else if (builder.isHopeless()) {
                    builder.finish().ifPresent(documents::add);
                    return;
                }
            }
        } catch (YamlEngineException broken) {
            builder.add(syntaxError(broken, chunk, file));
            builder.finish().ifPresent(documents::add);
        }
    }

    private static Diagnostic syntaxError(YamlEngineException broken, Chunk chunk, String file) {
        String problem = broken.getMessage() == null ? "unreadable text" : broken.getMessage();
        Position at = new Position(file, chunk.firstLine(), 1);
        if (broken instanceof MarkedYamlEngineException marked) {
            problem = marked.getProblem() == null ? problem : marked.getProblem();
            Mark mark = marked.getProblemMark().or(marked::getContextMark).orElse(null);
            at = mark == null ? at : new Position(file, mark.getLine() + chunk.firstLine(), mark.getColumn() + 1);
        } else if (broken instanceof ReaderException unreadable) {
            at = chunk.positionOf(unreadable.getPosition(), file);
            problem = "the character U+%04X is not allowed in YAML".formatted(unreadable.getCodePoint());
        }
        return Diagnostic.error("yaml-syntax", at, "", "not valid YAML: " + problem.replace('\n', ' '))
                .withAdvice(adviceFor(problem));
    }

    private static String adviceFor(String problem) {
        if (problem.contains("TAB") || problem.contains("\\t")) {
            return "indent with spaces; YAML does not allow tabs there";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "check the indentation, and put quotes around a value that contains ': '";
        }
        if (problem.contains("expected <block end>")) {
            return "check the indentation: this line does not line up with its neighbours above";
        }
        if (problem.contains("while scanning a simple key") || problem.contains("could not find expected ':'")) {
            return "is a ':' missing after the key?";
        }
        return problem.contains("cannot start any token") ? "put quotes around the value" : "";
    }

    private static YamlDocument tooLarge(String file, String message, int limit) {
        Position at = new Position(file, 1, 1);
        return new YamlDocument.Broken(
                new Node.Mapping(Map.of(), at),
                at,
                List.of(Diagnostic.error("too-large", at, "", message)
                        .withExpected("at most " + limit)
                        .withAdvice("split the file")));
    }

    /// Cuts the text before each line that starts a document.
    private static List<Chunk> chunks(String text, int startLine) {
        List<Chunk> chunks = new ArrayList<>();
        int start = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
        int firstLine = startLine;
        int line = startLine;
        for (int lineStart = start; lineStart < text.length(); line++) {
            if (lineStart > start && startsDocument(text, lineStart)) {
                addChunk(chunks, text.substring(start, lineStart), firstLine);
                start = lineStart;
                firstLine = line;
            }
            int lineEnd = text.indexOf('\n', lineStart);
            lineStart = lineEnd < 0 ? text.length() : lineEnd + 1;
        }
        addChunk(chunks, text.substring(start), firstLine);
        return chunks;
    }

    private static void addChunk(List<Chunk> chunks, String text, int firstLine) {
        String plain = withoutTabs(text);
        if (!hasOnlyDirectives(plain)) {
            chunks.add(new Chunk(plain, firstLine));
        }
    }

    private static boolean startsDocument(String text, int at) {
        return text.startsWith("---", at) && (at + 3 == text.length() || Character.isWhitespace(text.charAt(at + 3)));
    }

    /// JSON may be indented with tabs, YAML may not. Inside JSON's strings a tab must be escaped, so that each tab here
    /// is white space; one space for it keeps the columns.
    private static String withoutTabs(String text) {
        String body = text.startsWith("---") ? text.substring(3).strip() : text.strip();
        boolean json = body.startsWith("{") || body.startsWith("[");
        return json && text.indexOf('\t') >= 0 ? text.replace('\t', ' ') : text;
    }

    /// `%YAML 1.2` belongs to the document after the next `---`; nothing depends on it here.
    private static boolean hasOnlyDirectives(String text) {
        return text.lines().allMatch(line -> line.isBlank() || line.startsWith("%") || line.startsWith("#"));
    }

    private record Chunk(String text, int firstLine) {
        Position positionOf(int codePoint, String file) {
            int end = text.offsetByCodePoints(0, Math.min(codePoint, text.codePointCount(0, text.length())));
            int lineStart = text.lastIndexOf('\n', Math.max(0, end - 1)) + 1;
            int lines = (int) text.substring(0, lineStart)
                    .chars()
                    .filter(next -> next == '\n')
                    .count();
            return new Position(file, firstLine + lines, text.codePointCount(lineStart, Math.max(lineStart, end)) + 1);
        }
    }
}
