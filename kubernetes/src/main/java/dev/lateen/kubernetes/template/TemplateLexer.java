package dev.lateen.kubernetes.template;

import java.util.ArrayList;
import java.util.List;

/// Cuts a template into its texts and actions, and an action into its tokens.
final class TemplateLexer {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String SYMBOLS = "()|=,";

    private TemplateLexer() {}

    /// @param tokens of an action; empty for a text
    record Piece(String text, List<String> tokens) {
        boolean isAction() {
            return !tokens.isEmpty();
        }
    }

    static List<Piece> pieces(String template) throws TemplateException {
        List<Piece> pieces = new ArrayList<>();
        boolean trims = false;
        int at = 0;
        while (at < template.length()) {
            int open = template.indexOf(OPEN, at);
            String text = template.substring(at, open < 0 ? template.length() : open);
            boolean trimsBefore = open >= 0 && isTrim(template, open + 2, true);
            text = trims ? text.stripLeading() : text;
            text = trimsBefore ? text.stripTrailing() : text;
            if (!text.isEmpty()) {
                pieces.add(new Piece(text, List.of()));
            }
            if (open < 0) {
                return pieces;
            }
            int start = open + 2 + (trimsBefore ? 1 : 0);
            int close = end(template, start);
            trims = isTrim(template, close - 1, false);
            String action = template.substring(start, trims ? close - 1 : close);
            if (!action.strip().startsWith("/*")) {
                pieces.add(new Piece(action.strip(), tokens(action)));
            }
            at = close + 2;
        }
        return pieces;
    }

    /// A minus counts only with white space on its inner side: `{{-3}}` is a number.
    private static boolean isTrim(String template, int at, boolean opening) {
        int inner = opening ? at + 1 : at - 1;
        return at > 0
                && at < template.length()
                && template.charAt(at) == '-'
                && inner < template.length()
                && Character.isWhitespace(template.charAt(inner));
    }

    private static int end(String template, int start) throws TemplateException {
        int at = start;
        if (template.substring(start).stripLeading().startsWith("/*")) {
            at = template.indexOf("*/", start);
        }
        while (at >= 0 && at < template.length()) {
            char next = template.charAt(at);
            if (next == '"' || next == '`') {
                at = afterQuoted(template, at);
            } else if (template.startsWith(CLOSE, at)) {
                return at;
            } else {
                at++;
            }
        }
        throw new TemplateException("an action is not closed: "
                + template.substring(start).lines().findFirst().orElse(""));
    }

    private static int afterQuoted(String text, int start) throws TemplateException {
        char quote = text.charAt(start);
        for (int at = start + 1; at < text.length(); at++) {
            if (text.charAt(at) == '\\' && quote == '"') {
                at++;
            } else if (text.charAt(at) == quote) {
                return at + 1;
            }
        }
        throw new TemplateException("a text is not closed: "
                + text.substring(start).lines().findFirst().orElse(""));
    }

    private static List<String> tokens(String action) throws TemplateException {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < action.length()) {
            char next = action.charAt(at);
            int end = at + 1;
            if (Character.isWhitespace(next)) {
                at++;
                continue;
            }
            if (next == ')') {
                tokens.add(")");
                at = fieldsAfter(action, end, tokens);
                continue;
            }
            if (next == '"' || next == '`') {
                end = afterQuoted(action, at);
            } else if (action.startsWith(":=", at)) {
                end = at + 2;
            } else if (SYMBOLS.indexOf(next) < 0) {
                while (end < action.length() && isWord(action, end)) {
                    end++;
                }
            }
            tokens.add(action.substring(at, end));
            at = end;
        }
        if (tokens.isEmpty()) {
            throw new TemplateException("an action is empty");
        }
        return tokens;
    }

    /// A field of what the parentheses hold, as in `(index .a "b").c`, is marked apart from the field of the dot.
    private static int fieldsAfter(String action, int start, List<String> tokens) {
        int end = start;
        if (start < action.length() && action.charAt(start) == '.') {
            while (end < action.length() && isWord(action, end)) {
                end++;
            }
            tokens.add("#" + action.substring(start, end));
        }
        return end;
    }

    private static boolean isWord(String action, int at) {
        char next = action.charAt(at);
        return !Character.isWhitespace(next)
                && next != '"'
                && next != '`'
                && SYMBOLS.indexOf(next) < 0
                && !action.startsWith(":=", at);
    }
}
