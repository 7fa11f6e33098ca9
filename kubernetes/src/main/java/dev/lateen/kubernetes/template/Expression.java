package dev.lateen.kubernetes.template;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// What stands between a template's braces.
sealed interface Expression {
    record Literal(JsonNode value) implements Expression {}

    /// The value that the template is about at this place.
    enum Dot implements Expression {
        INSTANCE
    }

    /// @param name with its `$`; `$` alone is the template's data
    record Variable(String name) implements Expression {}

    record Fields(Expression of, List<String> path) implements Expression {}

    record Function(String name, List<Expression> arguments) implements Expression {}
}
