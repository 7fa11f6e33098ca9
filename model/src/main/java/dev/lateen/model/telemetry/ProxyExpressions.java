package dev.lateen.model.telemetry;

import com.google.re2j.PatternSyntaxException;
import dev.lateen.regex.BoundedPatterns;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells whether the mesh's own proxy can compute an expression, and if not, why. What fits here compiles there: a
/// test in `e2e` holds this to the proxy's own compiler.
///
/// Thread: any; one instance looks at one expression.
public final class ProxyExpressions {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0[xX][0-9a-fA-F]{1,15}u?|[0-9]{1,18}u?");
    private static final Pattern FRACTION = Pattern.compile("[0-9]+\\.[0-9]+");
    private static final Pattern DURATION = Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?(?:h|ms|us|ns|m|s))+");

    private ProxyExpressions() {}

    /// What is wrong with its syntax; empty where any data plane can read it.
    public static Optional<String> fault(String expression) {
        return CelReader.read(expression) instanceof CelText.Fault(String what, int column)
                ? Optional.of(column > 1 ? what + ", at column " + column : what)
                : Optional.empty();
    }

    /// The first of what the mesh's own proxy does not know.
    public static Optional<UnknownWord> unknown(String expression) {
        if (expression.length() > CelReader.PROXY_LENGTH) {
            return Optional.of(construct("an expression of more than 4,096 characters"));
        }
        return switch (CelReader.read(expression)) {
            case CelText.Fault(String what, int _) -> Optional.of(construct(what));
            case CelText.Read(Cel tree, boolean plain) ->
                unknown(tree).or(() -> plain ? Optional.empty() : Optional.of(construct("comments or deep nesting")));
        };
    }

    private static UnknownWord construct(String what) {
        return new UnknownWord(what, List.of());
    }

    private static Optional<UnknownWord> unknown(Cel node) {
        return switch (node) {
            case Cel.Text(String _, boolean plain) ->
                plain ? Optional.empty() : Optional.of(construct("a text with such quotes or escapes"));
            case Cel.Digits(String digits) ->
                WHOLE_NUMBER.matcher(digits).matches()
                                || FRACTION.matcher(digits).matches()
                        ? Optional.empty()
                        : Optional.of(construct("the number " + digits));
            case Cel.Group(Cel inner) -> unknown(inner);
            case Cel.Items _ -> Optional.of(construct("a list that does not stand after `in`"));
            case Cel.Entries _ -> Optional.of(construct("a map or a message"));
            case Cel.Operation(String operator, List<Cel> operands) ->
                operator.equals("in") ? membership(operands.getFirst(), operands.getLast()) : first(operands);
            case Cel.Call call -> call(call);
            case Cel.Name _, Cel.Select _, Cel.Index _ -> attribute(node);
        };
    }

    private static Optional<UnknownWord> first(List<Cel> nodes) {
        return nodes.stream()
                .map(ProxyExpressions::unknown)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<UnknownWord> membership(Cel value, Cel in) {
        if (in instanceof Cel.Items(List<Cel> items)) {
            return unknown(value).or(() -> first(items));
        }
        List<String> path = path(in);
        if (value instanceof Cel.Text(String _, boolean plain)
                && plain
                && TelemetryWords.HEADERS.contains(String.join(".", path))) {
            return Optional.empty();
        }
        return Optional.of(construct("`in` with something else than a list, or a text and headers"));
    }

    private static Optional<UnknownWord> attribute(Cel node) {
        if (node instanceof Cel.Name(String name, boolean absolute)
                && !absolute
                && (name.equals("true") || name.equals("false"))) {
            return Optional.empty();
        }
        List<String> path = path(node);
        if (path.isEmpty()) {
            return Optional.of(construct("a field or an index of a result"));
        }
        return TelemetryWords.isAttribute(path)
                ? Optional.empty()
                : Optional.of(
                        new UnknownWord("attribute '" + String.join(".", path) + "'", TelemetryWords.attributes()));
    }

    /// Of an attribute; empty where it is none.
    private static List<String> path(Cel node) {
        List<String> path = new ArrayList<>();
        Cel rest = node;
        while (true) {
            switch (rest) {
                case Cel.Name(String name, boolean absolute) -> {
                    path.addFirst(name);
                    return absolute ? List.of() : path;
                }
                case Cel.Select(Cel of, String name) -> {
                    path.addFirst(name);
                    rest = of;
                }
                case Cel.Index(Cel of, Cel.Text(String name, boolean plain))
                when plain -> {
                    path.addFirst(name);
                    rest = of;
                }
                default -> {
                    return List.of();
                }
            }
        }
    }

    private static Optional<UnknownWord> call(Cel.Call call) {
        return call.of().map(of -> method(of, call)).orElseGet(() -> function(call));
    }

    private static Optional<UnknownWord> function(Cel.Call call) {
        if (!call.tight() || call.arguments().size() != 1 || !TelemetryWords.FUNCTIONS.contains(call.name())) {
            return Optional.of(new UnknownWord(
                    "function '" + call.name() + "'" + with(call), TelemetryWords.sorted(TelemetryWords.FUNCTIONS)));
        }
        Cel argument = call.arguments().getFirst();
        if (call.name().equals("timestamp")) {
            return isTime(argument)
                    ? Optional.empty()
                    : Optional.of(
                            construct("`timestamp` of something else than a text such as '2026-01-31T12:00:00Z'"));
        }
        if (!call.name().equals("duration")) {
            return unknown(argument);
        }
        return argument instanceof Cel.Text(String text, boolean plain)
                        && plain
                        && DURATION.matcher(text).matches()
                ? Optional.empty()
                : Optional.of(construct("`duration` of something else than a text such as '1.5s'"));
    }

    private static boolean isTime(Cel argument) {
        if (!(argument instanceof Cel.Text(String text, boolean plain)) || !plain) {
            return false;
        }
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    private static String with(Cel.Call call) {
        return " with " + call.arguments().size() + (call.arguments().size() == 1 ? " argument" : " arguments");
    }

    private static Optional<UnknownWord> method(Cel of, Cel.Call call) {
        int arguments = call.name().equals("size") ? 0 : 1;
        if (call.arguments().size() != arguments || !TelemetryWords.METHODS.contains(call.name())) {
            return Optional.of(new UnknownWord(
                    "method '" + call.name() + "'" + with(call), TelemetryWords.sorted(TelemetryWords.METHODS)));
        }
        boolean attribute = of instanceof Cel.Name || of instanceof Cel.Select || of instanceof Cel.Index;
        if ((attribute && !call.tight()) || of instanceof Cel.Digits) {
            return Optional.of(construct("such a call of '" + call.name() + "'"));
        }
        if (call.name().equals("matches") && !isPattern(call.arguments().getFirst())) {
            return Optional.of(construct("`matches` with something else than a text that is a regular expression"));
        }
        return unknown(of).or(() -> first(call.arguments()));
    }

    private static boolean isPattern(Cel argument) {
        if (!(argument instanceof Cel.Text(String regex, boolean _))) {
            return false;
        }
        try {
            BoundedPatterns.compile(regex);
            return true;
        } catch (PatternSyntaxException _) {
            return false;
        }
    }
}
