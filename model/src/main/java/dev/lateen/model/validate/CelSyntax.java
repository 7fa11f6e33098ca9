package dev.lateen.model.validate;

import java.util.ArrayDeque;
import java.util.Deque;

/// A first look at CEL expressions: closed strings and matching brackets. Whether the expression compiles is known
/// only to the CEL library, which this module does without. Thread: any.
final class CelSyntax {
    private CelSyntax() {}

    static void check(Report report, Spot spot) {
        String fault = faultOf(spot.value());
        if (!fault.isEmpty()) {
            report.error(spot, "bad-expression", fault, "a CEL expression");
        }
    }

    private static String faultOf(String text) {
        if (text.isBlank()) {
            return "expression is empty";
        }
        Deque<Character> open = new ArrayDeque<>();
        char quote = 0;
        for (int index = 0; index < text.length(); index++) {
            char next = text.charAt(index);
            if (quote != 0) {
                index += next == '\\' ? 1 : 0;
                quote = next == quote ? 0 : quote;
            } else if (next == '"' || next == '\'') {
                quote = next;
            } else if ("([{".indexOf(next) >= 0) {
                open.push(")]}".charAt("([{".indexOf(next)));
            } else if (")]}".indexOf(next) >= 0 && (open.isEmpty() || open.pop() != next)) {
                return "'" + next + "' closes nothing";
            }
        }
        if (quote != 0) {
            return "string does not end";
        }
        return open.isEmpty() ? "" : "'" + open.peek() + "' is missing";
    }
}
