package dev.lateen.kubernetes.template;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads an action's expression: functions with their arguments, and pipes, which hand a value on as the last argument.
final class ExpressionParser {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    static final Expression NOTHING = new Expression.Literal(NODES.nullNode());

    private final List<String> tokens;
    private int at;

    private ExpressionParser(List<String> tokens) {
        this.tokens = tokens;
    }

    static Expression parse(List<String> tokens) throws TemplateException {
        ExpressionParser parser = new ExpressionParser(tokens);
        Expression expression = parser.pipeline();
        if (parser.at < tokens.size()) {
            throw new TemplateException("not understood: " + String.join(" ", tokens));
        }
        return expression;
    }

    private Expression pipeline() throws TemplateException {
        Expression value = command(Optional.empty());
        while (at < tokens.size() && tokens.get(at).equals("|")) {
            at++;
            value = command(Optional.of(value));
        }
        return value;
    }

    private Expression command(Optional<Expression> piped) throws TemplateException {
        if (at >= tokens.size()) {
            throw new TemplateException("a value is missing: " + String.join(" ", tokens));
        }
        if (!isFunction(tokens.get(at))) {
            Expression operand = operand();
            boolean hasArguments = at < tokens.size() && !isEnd(tokens.get(at));
            if (piped.isPresent() || hasArguments) {
                throw new TemplateException("not a function: " + String.join(" ", tokens));
            }
            return operand;
        }
        String name = tokens.get(at++);
        List<Expression> arguments = new ArrayList<>();
        while (at < tokens.size() && !isEnd(tokens.get(at))) {
            arguments.add(operand());
        }
        piped.ifPresent(arguments::add);
        if (!TemplateFunctions.knows(name)) {
            throw new TemplateException("the function '" + name + "' is not known here");
        }
        return new Expression.Function(name, List.copyOf(arguments));
    }

    private static boolean isEnd(String token) {
        return token.equals("|") || token.equals(")");
    }

    private static boolean isFunction(String token) {
        return Character.isLetter(token.charAt(0))
                && !token.equals("true")
                && !token.equals("false")
                && !token.equals("nil");
    }

    private Expression operand() throws TemplateException {
        String token = tokens.get(at++);
        char first = token.charAt(0);
        if (first == '(') {
            return fieldsAfter(parenthesized());
        }
        if (first == '"' || first == '`') {
            return new Expression.Literal(NODES.stringNode(unquoted(token)));
        }
        if (first == '.') {
            return fields(Expression.Dot.INSTANCE, token.substring(1));
        }
        if (first == '$') {
            int dot = token.indexOf('.');
            return dot < 0
                    ? new Expression.Variable(token)
                    : fields(new Expression.Variable(token.substring(0, dot)), token.substring(dot + 1));
        }
        return switch (token) {
            case "true" -> new Expression.Literal(NODES.booleanNode(true));
            case "false" -> new Expression.Literal(NODES.booleanNode(false));
            case "nil" -> NOTHING;
            default ->
                isFunction(token) && TemplateFunctions.knows(token)
                        ? new Expression.Function(token, List.of())
                        : new Expression.Literal(number(token));
        };
    }

    private Expression parenthesized() throws TemplateException {
        Expression inner = pipeline();
        if (at >= tokens.size() || !tokens.get(at).equals(")")) {
            throw new TemplateException("a parenthesis is not closed: " + String.join(" ", tokens));
        }
        at++;
        return inner;
    }

    private Expression fieldsAfter(Expression inner) {
        return at < tokens.size() && tokens.get(at).startsWith("#.")
                ? fields(inner, tokens.get(at++).substring(2))
                : inner;
    }

    private static Expression fields(Expression of, String path) {
        return path.isEmpty() ? of : new Expression.Fields(of, List.of(path.split("\\.")));
    }

    private static JsonNode number(String token) throws TemplateException {
        try {
            BigDecimal number = new BigDecimal(token);
            return number.scale() <= 0 ? NODES.numberNode(number.longValueExact()) : NODES.numberNode(number);
        } catch (ArithmeticException | NumberFormatException _) {
            throw new TemplateException("not understood: " + token);
        }
    }

    private static String unquoted(String token) {
        String inner = token.substring(1, token.length() - 1);
        return token.charAt(0) == '`' ? inner : inner.translateEscapes();
    }
}
