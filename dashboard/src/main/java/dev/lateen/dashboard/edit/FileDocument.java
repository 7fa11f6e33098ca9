package dev.lateen.dashboard.edit;

/// One YAML document of a file, with everything around it as it was.
///
/// Thread: any (immutable).
///
/// Source: YAML 1.2.2, chapter 9: a line that starts with `---` begins a document, whatever stands before it.
///
/// @param before of the file, up to the document's first character
/// @param text of the document, with its comments; lines may end as on Windows
/// @param after of the file, from the next document's `---` on
/// @param firstLine of the file on which the document's text begins, from 1
public record FileDocument(String before, String text, String after, int firstLine) {
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final String MARK = "---";

    /// The document that a line belongs to; the last one where the file has fewer lines.
    ///
    /// @param line from 1
    public static FileDocument at(String file, int line) {
        int start = !file.isEmpty() && file.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
        int firstLine = 1;
        int number = 1;
        for (int at = start; at < file.length(); number++) {
            int next = nextLine(file, at);
            if (isMark(file, at)) {
                if (number > line) {
                    return new FileDocument(
                            file.substring(0, start), file.substring(start, at), file.substring(at), firstLine);
                }
                boolean bare = isBare(file.substring(at + MARK.length(), next));
                start = bare ? next : at + MARK.length();
                firstLine = bare ? number + 1 : number;
            }
            at = next;
        }
        return new FileDocument(file.substring(0, start), file.substring(start), "", firstLine);
    }

    /// The document's text as editors show it, whatever its lines end with.
    public String shown() {
        return text.replace("\r\n", "\n");
    }

    /// The whole file with another text of the document; nothing else is different. Lines end as they did.
    public String with(String changed) {
        String lines = changed.replace("\r\n", "\n");
        if (!after.isEmpty() && !lines.endsWith("\n")) {
            lines += "\n";
        }
        return before + (text.contains("\r\n") ? lines.replace("\n", "\r\n") : lines) + after;
    }

    private static int nextLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end + 1;
    }

    private static boolean isMark(String text, int at) {
        int end = at + MARK.length();
        return text.startsWith(MARK, at) && (end == text.length() || Character.isWhitespace(text.charAt(end)));
    }

    /// Whether nothing but a comment follows.
    private static boolean isBare(String rest) {
        return rest.isBlank() || rest.strip().startsWith("#");
    }
}
