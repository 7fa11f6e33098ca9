package dev.lateen.kubernetes.template;

import dev.lateen.kubernetes.template.TemplateLexer.Piece;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the structure of a template: what is conditional, repeated, defined by name.
final class TemplateParser {
    private static final int DEEPEST = 50;

    private final List<Piece> pieces;
    private final Map<String, List<TemplateNode>> definitions = new HashMap<>();
    private int at;

    private TemplateParser(List<Piece> pieces) {
        this.pieces = pieces;
    }

    /// @param definitions templates within the template, by name
    record Parsed(List<TemplateNode> body, Map<String, List<TemplateNode>> definitions) {}

    static Parsed parse(String template) throws TemplateException {
        TemplateParser parser = new TemplateParser(TemplateLexer.pieces(template));
        List<TemplateNode> body = parser.body(0);
        if (parser.at < parser.pieces.size()) {
            throw new TemplateException(
                    "nothing is open here: {{" + parser.pieces.get(parser.at).text() + "}}");
        }
        return new Parsed(body, Map.copyOf(parser.definitions));
    }

    /// Up to the `end` or `else` that closes the body, which is left to the caller.
    private List<TemplateNode> body(int depth) throws TemplateException {
        if (depth > DEEPEST) {
            throw new TemplateException("nested too deeply");
        }
        List<TemplateNode> nodes = new ArrayList<>();
        while (at < pieces.size()) {
            Piece piece = pieces.get(at);
            if (!piece.isAction()) {
                nodes.add(new TemplateNode.Text(piece.text()));
                at++;
                continue;
            }
            String word = piece.tokens().getFirst();
            if (word.equals("end") || word.equals("else")) {
                return nodes;
            }
            at++;
            action(word, piece.tokens(), depth).ifPresent(nodes::add);
        }
        return nodes;
    }

    private Optional<TemplateNode> action(String word, List<String> tokens, int depth) throws TemplateException {
        List<String> rest = tokens.subList(1, tokens.size());
        return switch (word) {
            case "if" -> Optional.of(condition(rest, depth));
            case "with" -> Optional.of(with(rest, depth));
            case "range" -> Optional.of(range(rest, depth));
            case "define", "block" -> define(word, rest, depth);
            case "template" -> Optional.of(new TemplateNode.Call(name(rest), data(rest)));
            default -> Optional.of(statement(tokens));
        };
    }

    private TemplateNode condition(List<String> tokens, int depth) throws TemplateException {
        Expression condition = ExpressionParser.parse(tokens);
        List<TemplateNode> then = body(depth + 1);
        return new TemplateNode.If(condition, then, otherwise(depth));
    }

    private TemplateNode with(List<String> tokens, int depth) throws TemplateException {
        boolean names = tokens.size() > 2 && tokens.get(1).equals(":=");
        Expression value = ExpressionParser.parse(names ? tokens.subList(2, tokens.size()) : tokens);
        List<TemplateNode> then = body(depth + 1);
        return new TemplateNode.With(names ? tokens.getFirst() : "", value, then, otherwise(depth));
    }

    private TemplateNode range(List<String> tokens, int depth) throws TemplateException {
        int assign = tokens.indexOf(":=");
        String key = assign == 3 ? tokens.getFirst() : "";
        String item = assign < 0 ? "" : tokens.get(assign - 1);
        Expression over = ExpressionParser.parse(tokens.subList(assign + 1, tokens.size()));
        List<TemplateNode> body = body(depth + 1);
        return new TemplateNode.Range(key, item, over, body, otherwise(depth));
    }

    /// The part after `else`, which may be another condition; empty without one. Ends after `end`.
    private List<TemplateNode> otherwise(int depth) throws TemplateException {
        List<String> tokens = closing();
        if (tokens.getFirst().equals("end")) {
            return List.of();
        }
        if (tokens.size() > 1) {
            return List.of(
                    switch (tokens.get(1)) {
                        case "if" -> condition(tokens.subList(2, tokens.size()), depth + 1);
                        case "with" -> with(tokens.subList(2, tokens.size()), depth + 1);
                        default -> throw new TemplateException("not understood: else " + tokens.get(1));
                    });
        }
        List<TemplateNode> nodes = body(depth + 1);
        if (!closing().getFirst().equals("end")) {
            throw new TemplateException("a second else");
        }
        return nodes;
    }

    private List<String> closing() throws TemplateException {
        if (at >= pieces.size()) {
            throw new TemplateException("an end is missing");
        }
        return pieces.get(at++).tokens();
    }

    private Optional<TemplateNode> define(String word, List<String> tokens, int depth) throws TemplateException {
        String name = name(tokens);
        definitions.put(name, body(depth + 1));
        if (!closing().getFirst().equals("end")) {
            throw new TemplateException("an else without a condition");
        }
        return word.equals("block") ? Optional.of(new TemplateNode.Call(name, data(tokens))) : Optional.empty();
    }

    private static String name(List<String> tokens) throws TemplateException {
        if (tokens.isEmpty() || tokens.getFirst().length() < 2) {
            throw new TemplateException("the name of a template is missing");
        }
        String quoted = tokens.getFirst();
        return quoted.substring(1, quoted.length() - 1);
    }

    private static Expression data(List<String> tokens) throws TemplateException {
        return tokens.size() < 2 ? ExpressionParser.NOTHING : ExpressionParser.parse(tokens.subList(1, tokens.size()));
    }

    private static TemplateNode statement(List<String> tokens) throws TemplateException {
        boolean assigns = tokens.size() > 2
                && tokens.getFirst().startsWith("$")
                && (tokens.get(1).equals(":=") || tokens.get(1).equals("="));
        return assigns
                ? new TemplateNode.Assignment(
                        tokens.getFirst(),
                        tokens.get(1).equals(":="),
                        ExpressionParser.parse(tokens.subList(2, tokens.size())))
                : new TemplateNode.Output(ExpressionParser.parse(tokens));
    }
}
