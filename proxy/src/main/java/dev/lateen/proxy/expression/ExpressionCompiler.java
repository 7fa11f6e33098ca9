package dev.lateen.proxy.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.expression.Expression.Conversion;
import dev.lateen.proxy.expression.Expression.Relation;
import dev.lateen.proxy.expression.Expression.TextTest;
import dev.lateen.regex.BoundedPatterns;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/// Compiles the text of an expression: CEL's operators, `has`, `in`, `contains`, `startsWith`, `endsWith`, `matches`,
/// `size`, `string`, `int`, `duration`, `timestamp` over `Attributes`. What it does not know is refused, with the
/// column.
///
/// Limits: 4,096 characters, 64 levels of nesting, so that nobody's text exhausts the stack.
///
/// Source: CEL specification, "Syntax". Thread: any; one instance compiles one text.
public final class ExpressionCompiler {
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_DEPTH = 64;

    private final Tokens in;
    private final boolean knowsNode;
    private int depth;

    private ExpressionCompiler(Tokens in, boolean knowsNode) {
        this.in = in;
        this.knowsNode = knowsNode;
    }

    /// Throws a `Refusal` that tells where in the text it stopped.
    public static Expression compile(String text, Place at) {
        return compile(text, at, true);
    }

    /// As above, for where nothing is known of our own node.
    public static Expression compileWithoutNode(String text, Place at) {
        return compile(text, at, false);
    }

    private static Expression compile(String text, Place at, boolean knowsNode) {
        at.require(
                text.length() <= MAX_LENGTH,
                "an expression of " + text.length() + " characters (expected: at most 4096)");
        ExpressionCompiler compiler = new ExpressionCompiler(new Tokens(text, at), knowsNode);
        Expression expression = compiler.whole();
        compiler.in.end();
        return expression;
    }

    private Expression whole() {
        if (++depth > MAX_DEPTH) {
            throw in.refuse("is nested more than 64 levels deep");
        }
        Expression condition = either();
        if (in.takes("?")) {
            Expression then = whole();
            in.need(":");
            condition = new Expression.Conditional(condition, then, whole());
        }
        depth--;
        return condition;
    }

    private Expression either() {
        Expression left = both();
        while (in.takes("||")) {
            left = new Expression.Logic(true, left, both());
        }
        return left;
    }

    private Expression both() {
        Expression left = relation();
        while (in.takes("&&")) {
            left = new Expression.Logic(false, left, relation());
        }
        return left;
    }

    private Expression relation() {
        Expression left = sum();
        while (true) {
            if (in.takesWord("in")) {
                left = membership(left);
                continue;
            }
            Relation relation = relationSign();
            if (relation == null) {
                return left;
            }
            left = new Expression.Comparison(relation, left, sum());
        }
    }

    private @org.jspecify.annotations.Nullable Relation relationSign() {
        if (in.takes("==")) {
            return Relation.EQUAL;
        } else if (in.takes("!=")) {
            return Relation.UNEQUAL;
        } else if (in.takes("<=")) {
            return Relation.AT_MOST;
        } else if (in.takes(">=")) {
            return Relation.AT_LEAST;
        } else if (in.takes("<")) {
            return Relation.LESS;
        } else if (in.takes(">")) {
            return Relation.MORE;
        }
        return null;
    }

    /// Of a list, or of a name in headers.
    private Expression membership(Expression value) {
        if (in.takes("[")) {
            return new Expression.In(value, list("]"));
        }
        List<String> path = path(in.name());
        if (value instanceof Expression.Constant(String name) && Attributes.isHeaders(path)) {
            path.add(name);
            return new Expression.Has(attribute(path));
        }
        throw in.refuse("`in` wants a list on its right, or a text on its left and headers on its right");
    }

    private Expression sum() {
        Expression left = product();
        while (true) {
            if (in.takes("+")) {
                left = new Expression.Arithmetic('+', left, product());
            } else if (in.takes("-")) {
                left = new Expression.Arithmetic('-', left, product());
            } else {
                return left;
            }
        }
    }

    private Expression product() {
        Expression left = signed();
        while (true) {
            char sign = in.peek();
            if (sign != '*' && sign != '/' && sign != '%') {
                return left;
            }
            in.need(String.valueOf(sign));
            left = new Expression.Arithmetic(sign, left, signed());
        }
    }

    private Expression signed() {
        if (++depth > MAX_DEPTH) {
            throw in.refuse("is nested more than 64 levels deep");
        }
        Expression value;
        if (in.takes("!")) {
            value = new Expression.Not(signed());
        } else if (in.takes("-")) {
            value = new Expression.Arithmetic('-', new Expression.Constant(0L), signed());
        } else {
            value = methods(primary());
        }
        depth--;
        return value;
    }

    private Expression primary() {
        char next = in.peek();
        if (next == '(') {
            in.need("(");
            Expression inner = whole();
            in.need(")");
            return inner;
        }
        if (next == '\'' || next == '"' || in.startsRawText()) {
            return new Expression.Constant(in.text());
        }
        if (next >= '0' && next <= '9') {
            return new Expression.Constant(in.number());
        }
        String name = in.name();
        if (in.peek() == '(') {
            return function(name);
        }
        return switch (name) {
            case "true" -> new Expression.Constant(true);
            case "false" -> new Expression.Constant(false);
            default -> attribute(path(name));
        };
    }

    private Expression function(String name) {
        in.need("(");
        List<Expression> arguments = list(")");
        if (arguments.size() == 1) {
            Expression argument = arguments.getFirst();
            switch (name) {
                case "has" -> {
                    return new Expression.Has(argument);
                }
                case "string" -> {
                    return new Expression.Converted(Conversion.STRING, argument);
                }
                case "int" -> {
                    return new Expression.Converted(Conversion.INT, argument);
                }
                case "size" -> {
                    return new Expression.Converted(Conversion.SIZE, argument);
                }
                case "duration" -> {
                    return duration(argument);
                }
                case "timestamp" -> {
                    return timestamp(argument);
                }
                default -> {}
            }
        }
        throw in.refuse("function " + name + " with " + arguments.size()
                + " arguments is not known (expected: has, string, int, size, duration or timestamp with one)");
    }

    private Expression duration(Expression argument) {
        Duration known = argument instanceof Expression.Constant(String text) ? Durations.parse(text) : null;
        if (known == null) {
            throw in.refuse("`duration` wants a literal such as '1.5s' or '200ms'");
        }
        return new Expression.Constant(known);
    }

    private Expression timestamp(Expression argument) {
        if (argument instanceof Expression.Constant(String text)) {
            try {
                return new Expression.Constant(Instant.parse(text));
            } catch (DateTimeParseException _) {
                // Refused below.
            }
        }
        throw in.refuse("`timestamp` wants a literal such as '2026-01-31T12:00:00Z'");
    }

    private List<Expression> list(String end) {
        List<Expression> items = new ArrayList<>();
        if (in.takes(end)) {
            return items;
        }
        do {
            items.add(whole());
        } while (in.takes(","));
        in.need(end);
        return items;
    }

    /// A name and what is selected from it by `.name` or `['name']`, up to a method.
    private List<String> path(String first) {
        List<String> path = new ArrayList<>();
        path.add(first);
        while (true) {
            if (in.startsSelection()) {
                in.need(".");
                path.add(in.name());
            } else if (in.takes("[")) {
                path.add(in.text());
                in.need("]");
            } else {
                return path;
            }
        }
    }

    private Expression attribute(List<String> path) {
        Expression found = Attributes.find(path);
        if (found instanceof Expression.NodeField && !knowsNode) {
            throw in.refuse("attribute '" + String.join(".", path) + "' is not known here");
        }
        if (found == null) {
            throw in.refuse("attribute '" + String.join(".", path) + "' is not known to this proxy");
        }
        return found;
    }

    private Expression methods(Expression receiver) {
        Expression value = receiver;
        while (in.takes(".")) {
            String name = in.name();
            in.need("(");
            List<Expression> arguments = list(")");
            value = method(value, name, arguments);
        }
        return value;
    }

    private Expression method(Expression receiver, String name, List<Expression> arguments) {
        if (name.equals("size") && arguments.isEmpty()) {
            return new Expression.Converted(Conversion.SIZE, receiver);
        }
        if (arguments.size() == 1) {
            Expression argument = arguments.getFirst();
            switch (name) {
                case "contains" -> {
                    return new Expression.TextQuestion(TextTest.CONTAINS, receiver, argument);
                }
                case "startsWith" -> {
                    return new Expression.TextQuestion(TextTest.STARTS_WITH, receiver, argument);
                }
                case "endsWith" -> {
                    return new Expression.TextQuestion(TextTest.ENDS_WITH, receiver, argument);
                }
                case "matches" -> {
                    return new Expression.Matches(receiver, pattern(argument));
                }
                default -> {}
            }
        }
        throw in.refuse("method " + name + " with " + arguments.size()
                + " arguments is not known (expected: contains, startsWith, endsWith, matches or size)");
    }

    private Pattern pattern(Expression argument) {
        if (!(argument instanceof Expression.Constant(String regex))) {
            throw in.refuse("`matches` wants a literal");
        }
        try {
            return BoundedPatterns.compile(regex);
        } catch (PatternSyntaxException e) {
            Refusal refusal = in.refuse("'" + regex + "' is not a regular expression: " + e.getMessage());
            throw refusal;
        }
    }
}
