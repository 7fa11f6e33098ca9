package dev.lateen.kubernetes.template;

import dev.lateen.kubernetes.template.Expression.Dot;
import dev.lateen.kubernetes.template.Expression.Fields;
import dev.lateen.kubernetes.template.Expression.Function;
import dev.lateen.kubernetes.template.Expression.Literal;
import dev.lateen.kubernetes.template.Expression.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One rendering of a template. Thread: one.
final class TemplateRun {
    /// The one function that runs templates.
    static final String INCLUDE = "include";

    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_STEPS = 1 << 18;
    private static final int DEEPEST_CALL = 20;

    private final Map<String, List<TemplateNode>> definitions;
    private final StringBuilder out = new StringBuilder();
    private int steps;
    private int calls;

    TemplateRun(Map<String, List<TemplateNode>> definitions) {
        this.definitions = definitions;
    }

    /// Names in force at a place; an inner scope sees the outer ones.
    private record Scope(JsonNode dot, List<Map<String, JsonNode>> frames) {
        static Scope of(JsonNode data) {
            Map<String, JsonNode> root = new HashMap<>();
            root.put("$", data);
            return new Scope(data, List.of(root));
        }

        Scope inner(JsonNode about) {
            List<Map<String, JsonNode>> more = new ArrayList<>(frames);
            more.add(new HashMap<>());
            return new Scope(about, more);
        }

        void declare(String name, JsonNode value) {
            frames.getLast().put(name, value);
        }
    }

    String render(List<TemplateNode> body, JsonNode data) throws TemplateException {
        run(body, Scope.of(data));
        return out.toString();
    }

    private void run(List<TemplateNode> nodes, Scope scope) throws TemplateException {
        for (TemplateNode node : nodes) {
            if (++steps > MOST_STEPS) {
                throw new TemplateException("takes too many steps");
            }
            switch (node) {
                case TemplateNode.Text(String text) -> print(text);
                case TemplateNode.Output(Expression value) -> print(TemplateFunctions.text(evaluate(value, scope)));
                case TemplateNode.Assignment assignment -> assign(assignment, scope);
                case TemplateNode.If one ->
                    run(
                            isTrue(evaluate(one.condition(), scope)) ? one.then() : one.otherwise(),
                            scope.inner(scope.dot()));
                case TemplateNode.With with -> with(with, scope);
                case TemplateNode.Range range -> range(range, scope);
                case TemplateNode.Call call -> call(call.template(), evaluate(call.data(), scope));
            }
        }
    }

    private void print(String text) throws TemplateException {
        if (out.length() + text.length() > MOST_CHARACTERS) {
            throw new TemplateException("renders to too much text");
        }
        out.append(text);
    }

    private void assign(TemplateNode.Assignment assignment, Scope scope) throws TemplateException {
        JsonNode value = evaluate(assignment.value(), scope);
        if (assignment.declares()) {
            scope.declare(assignment.variable(), value);
            return;
        }
        frame(assignment.variable(), scope).put(assignment.variable(), value);
    }

    private static Map<String, JsonNode> frame(String variable, Scope scope) throws TemplateException {
        for (int i = scope.frames().size() - 1; i >= 0; i--) {
            if (scope.frames().get(i).containsKey(variable)) {
                return scope.frames().get(i);
            }
        }
        throw new TemplateException("the variable " + variable + " is not declared");
    }

    private void with(TemplateNode.With with, Scope scope) throws TemplateException {
        JsonNode value = evaluate(with.value(), scope);
        if (!isTrue(value)) {
            run(with.otherwise(), scope.inner(scope.dot()));
            return;
        }
        Scope inner = scope.inner(value);
        if (!with.variable().isEmpty()) {
            inner.declare(with.variable(), value);
        }
        run(with.then(), inner);
    }

    private void range(TemplateNode.Range range, Scope scope) throws TemplateException {
        JsonNode over = evaluate(range.over(), scope);
        if (!over.isContainer() || over.isEmpty()) {
            run(range.otherwise(), scope.inner(scope.dot()));
            return;
        }
        if (over instanceof ObjectNode object) {
            // Go goes through maps in the order of their keys.
            for (String name : object.propertyNames().stream().sorted().toList()) {
                repeat(range, JsonNodeFactory.instance.stringNode(name), object.path(name), scope);
            }
            return;
        }
        int index = 0;
        for (JsonNode item : over) {
            repeat(range, JsonNodeFactory.instance.numberNode(index++), item, scope);
        }
    }

    private void repeat(TemplateNode.Range range, JsonNode key, JsonNode item, Scope scope) throws TemplateException {
        Scope inner = scope.inner(item);
        if (!range.key().isEmpty()) {
            inner.declare(range.key(), key);
        }
        if (!range.item().isEmpty()) {
            inner.declare(range.item(), item);
        }
        run(range.body(), inner);
    }

    private void call(String template, JsonNode data) throws TemplateException {
        List<TemplateNode> body = definitions.get(template);
        if (body == null) {
            throw new TemplateException("the template '" + template + "' is not defined");
        }
        if (++calls > DEEPEST_CALL) {
            throw new TemplateException("the template '" + template + "' calls itself without an end");
        }
        run(body, Scope.of(data));
        calls--;
    }

    private JsonNode evaluate(Expression expression, Scope scope) throws TemplateException {
        return switch (expression) {
            case Literal(JsonNode value) -> value;
            case Dot _ -> scope.dot();
            case Variable(String name) -> {
                JsonNode found = frame(name, scope).get(name);
                yield found == null ? JsonNodeFactory.instance.nullNode() : found;
            }
            case Fields(Expression of, List<String> path) -> field(evaluate(of, scope), path);
            case Function(String name, List<Expression> arguments) -> function(name, arguments, scope);
        };
    }

    private JsonNode function(String name, List<Expression> arguments, Scope scope) throws TemplateException {
        List<JsonNode> values = new ArrayList<>();
        for (Expression argument : arguments) {
            JsonNode value = evaluate(argument, scope);
            values.add(value);
            if (name.equals(isTrue(value) ? "or" : "and")) {
                return value;
            }
        }
        return name.equals(INCLUDE) ? included(values) : TemplateFunctions.call(name, values);
    }

    /// What a defined template renders to, as a value.
    private JsonNode included(List<JsonNode> arguments) throws TemplateException {
        if (arguments.size() != 2) {
            throw new TemplateException(INCLUDE + ": " + arguments.size() + " arguments");
        }
        int start = out.length();
        call(TemplateFunctions.text(arguments.getFirst()), arguments.getLast());
        String text = out.substring(start);
        out.setLength(start);
        return JsonNodeFactory.instance.stringNode(text);
    }

    private static JsonNode field(JsonNode of, List<String> path) {
        JsonNode found = of;
        for (String name : path) {
            JsonNode exact = found.path(name);
            found = exact.isMissingNode() ? found.path(jsonName(name)) : exact;
        }
        return found.isMissingNode() ? JsonNodeFactory.instance.nullNode() : found;
    }

    /// A field of a Go type by its name in JSON: `HTTPGet` is `httpGet`, `Name` is `name`.
    private static String jsonName(String name) {
        int upper = 0;
        while (upper < name.length() && Character.isUpperCase(name.charAt(upper))) {
            upper++;
        }
        int lowered = upper <= 1 || upper == name.length() ? upper : upper - 1;
        return name.substring(0, lowered).toLowerCase(java.util.Locale.ROOT) + name.substring(lowered);
    }

    /// Go's truth: neither false, zero, empty nor nothing.
    static boolean isTrue(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return false;
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isNumber()) {
            return value.decimalValue().signum() != 0;
        }
        return value.isContainer() ? !value.isEmpty() : !value.asString("").isEmpty();
    }
}
