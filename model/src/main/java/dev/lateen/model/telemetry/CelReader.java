package dev.lateen.model.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the whole grammar of CEL, of which the mesh's own proxy computes a part.
///
/// Limits: 250 levels of parentheses, as the parser that Istio checks with has it.
///
/// Source: CEL specification, "Syntax". Thread: any; one instance reads one text.
final class CelReader {
    /// Of the proxy: see its `ExpressionCompiler`.
    static final int PROXY_LENGTH = 4096;
    private static final int PROXY_DEPTH = 64;
    /// Two of each parenthesis.
    private static final int DEPTH = 500;
    private static final List<String> RELATIONS = List.of("==", "!=", "<=", ">=", "<", ">");

    private final CelTokens in;
    private int depth;
    private int deepest;

    private CelReader(CelTokens in) {
        this.in = in;
    }

    static CelText read(String text) {
        if (text.isBlank()) {
            return new CelText.Fault("expression is empty", 1);
        }
        CelReader reader = new CelReader(new CelTokens(text));
        try {
            Cel tree = reader.whole();
            reader.in.end();
            return new CelText.Read(tree, reader.deepest <= PROXY_DEPTH && reader.in.isPlain());
        } catch (CelTokens.Stop stop) {
            return stop.fault();
        }
    }

    private void deeper() {
        deepest = Math.max(deepest, ++depth);
        if (depth > DEPTH) {
            throw in.stop("expression is nested too deep");
        }
    }

    private Cel whole() {
        deeper();
        Cel condition = either();
        if (in.takes("?")) {
            Cel then = whole();
            in.need(":");
            condition = new Cel.Operation("?:", List.of(condition, then, whole()));
        }
        depth--;
        return condition;
    }

    private Cel either() {
        Cel left = both();
        while (in.takes("||")) {
            left = new Cel.Operation("||", List.of(left, both()));
        }
        return left;
    }

    private Cel both() {
        Cel left = relation();
        while (in.takes("&&")) {
            left = new Cel.Operation("&&", List.of(left, relation()));
        }
        return left;
    }

    private Cel relation() {
        Cel left = sum();
        while (true) {
            Optional<String> sign = in.takesWord("in")
                    ? Optional.of("in")
                    : RELATIONS.stream().filter(in::takes).findFirst();
            if (sign.isEmpty()) {
                return left;
            }
            left = new Cel.Operation(sign.get(), List.of(left, sum()));
        }
    }

    private Cel sum() {
        return leftToRight(List.of("+", "-"), false);
    }

    private Cel leftToRight(List<String> signs, boolean products) {
        Cel left = products ? signed() : leftToRight(List.of("*", "/", "%"), true);
        while (true) {
            Optional<String> sign = signs.stream().filter(in::takes).findFirst();
            if (sign.isEmpty()) {
                return left;
            }
            Cel right = products ? signed() : leftToRight(List.of("*", "/", "%"), true);
            left = new Cel.Operation(sign.get(), List.of(left, right));
        }
    }

    private Cel signed() {
        deeper();
        Cel value;
        if (in.takes("!")) {
            value = new Cel.Operation("!", List.of(signed()));
        } else if (in.takes("-")) {
            value = new Cel.Operation("-", List.of(signed()));
        } else {
            value = members(primary());
        }
        depth--;
        return value;
    }

    private Cel primary() {
        if (in.takes("(")) {
            Cel inner = whole();
            in.need(")");
            return new Cel.Group(inner);
        }
        if (in.takes("[")) {
            return new Cel.Items(list("]"));
        }
        if (in.takes("{")) {
            return new Cel.Entries(entries());
        }
        if (in.startsText()) {
            return in.text();
        }
        if (in.startsNumber()) {
            return new Cel.Digits(in.number());
        }
        boolean absolute = in.takes(".");
        String name = in.name();
        return in.takes("(")
                ? new Cel.Call(Optional.empty(), name, list(")"), !absolute)
                : new Cel.Name(name, absolute);
    }

    private Cel members(Cel first) {
        Cel value = first;
        while (true) {
            if (in.takes(".")) {
                boolean tight = in.startsName();
                String name = in.name();
                tight &= in.startsParenthesis();
                value = in.takes("(")
                        ? new Cel.Call(Optional.of(value), name, list(")"), tight)
                        : new Cel.Select(value, name);
            } else if (in.takes("[")) {
                Cel by = whole();
                in.need("]");
                value = new Cel.Index(value, by);
            } else if (isTypeName(value) && in.takes("{")) {
                value = new Cel.Entries(entries());
            } else {
                return value;
            }
        }
    }

    private static boolean isTypeName(Cel value) {
        Cel rest = value;
        while (rest instanceof Cel.Select(Cel of, String _)) {
            rest = of;
        }
        return rest instanceof Cel.Name;
    }

    private List<Cel> list(String end) {
        List<Cel> items = new ArrayList<>();
        while (!in.takes(end)) {
            items.add(whole());
            if (!in.takes(",")) {
                in.need(end);
                return items;
            }
            in.commaMayEnd(end);
        }
        return items;
    }

    private List<Cel> entries() {
        List<Cel> parts = new ArrayList<>();
        while (!in.takes("}")) {
            parts.add(whole());
            in.need(":");
            parts.add(whole());
            if (!in.takes(",")) {
                in.need("}");
                return parts;
            }
        }
        return parts;
    }
}
