package dev.lateen.kubernetes.template;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.tree.YamlText;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The functions of templates. What Go or Sprig panic at is an error of the template here.
final class TemplateFunctions {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int WIDEST = 1_000;
    private static final int MOST_DIGITS = 100;
    private static final Map<String, Body> TABLE = new HashMap<>();

    private interface Body {
        JsonNode call(List<JsonNode> arguments) throws TemplateException;
    }

    private record Arity(int least, int most) {}

    private static final Map<String, Arity> ARITIES = new HashMap<>();

    static {
        comparisons();
        texts();
        collections();
        numbers();
        documents();
        istio();
    }

    private TemplateFunctions() {}

    static boolean knows(String name) {
        return TABLE.containsKey(name) || name.equals(TemplateRun.INCLUDE);
    }

    static JsonNode call(String name, List<JsonNode> arguments) throws TemplateException {
        Arity arity = ARITIES.getOrDefault(name, new Arity(0, 0));
        Body body = TABLE.get(name);
        if (body == null || arguments.size() < arity.least() || arguments.size() > arity.most()) {
            throw new TemplateException(name + ": " + arguments.size() + " arguments");
        }
        return body.call(arguments);
    }

    private static void define(String name, int least, int most, Body body) {
        TABLE.put(name, body);
        ARITIES.put(name, new Arity(least, most));
    }

    private static void comparisons() {
        define("and", 1, 99, List::getLast);
        define("or", 1, 99, List::getLast);
        define("not", 1, 1, a -> truth(!TemplateRun.isTrue(a.get(0))));
        define("eq", 2, 99, a -> truth(a.stream().skip(1).anyMatch(b -> same(a.get(0), b))));
        define("ne", 2, 2, a -> truth(!same(a.get(0), a.get(1))));
        define("lt", 2, 2, a -> truth(compare(a) < 0));
        define("le", 2, 2, a -> truth(compare(a) <= 0));
        define("gt", 2, 2, a -> truth(compare(a) > 0));
        define("ge", 2, 2, a -> truth(compare(a) >= 0));
        define("default", 2, 2, a -> TemplateRun.isTrue(a.get(1)) ? a.get(1) : a.get(0));
        define("valueOrDefault", 2, 2, a -> TemplateRun.isTrue(a.get(0)) ? a.get(0) : a.get(1));
        define(
                "coalesce",
                1,
                99,
                a -> a.stream().filter(TemplateRun::isTrue).findFirst().orElseGet(NODES::nullNode));
        define("ternary", 3, 3, a -> TemplateRun.isTrue(a.get(2)) ? a.get(0) : a.get(1));
        define("kindIs", 2, 2, a -> truth(text(a.get(0)).equals(kind(a.get(1)))));
        define("empty", 1, 1, a -> truth(!TemplateRun.isTrue(a.get(0))));
        define("fail", 1, 1, a -> {
            throw new TemplateException(text(a.get(0)));
        });
    }

    private static void texts() {
        define(
                "print",
                0,
                99,
                a -> string(
                        String.join("", a.stream().map(TemplateFunctions::text).toList())));
        define("printf", 1, 99, a -> string(printed(a)));
        define("quote", 1, 1, a -> string(NODES.stringNode(text(a.get(0))).toString()));
        define("squote", 1, 1, a -> string("'" + text(a.get(0)) + "'"));
        define("toString", 1, 1, a -> string(text(a.get(0))));
        define("upper", 1, 1, a -> string(text(a.get(0)).toUpperCase(Locale.ROOT)));
        define("lower", 1, 1, a -> string(text(a.get(0)).toLowerCase(Locale.ROOT)));
        define("toLower", 1, 1, a -> string(text(a.get(0)).toLowerCase(Locale.ROOT)));
        define("trim", 1, 1, a -> string(text(a.get(0)).strip()));
        define("trimSuffix", 2, 2, a -> string(withoutSuffix(text(a.get(1)), text(a.get(0)))));
        define("trimPrefix", 2, 2, a -> string(withoutPrefix(text(a.get(1)), text(a.get(0)))));
        define("trunc", 2, 2, a -> string(cut(text(a.get(1)), width(a.get(0)))));
        define("contains", 2, 2, a -> truth(text(a.get(1)).contains(text(a.get(0)))));
        define("hasPrefix", 2, 2, a -> truth(text(a.get(1)).startsWith(text(a.get(0)))));
        define("hasSuffix", 2, 2, a -> truth(text(a.get(1)).endsWith(text(a.get(0)))));
        define("replace", 3, 3, a -> string(text(a.get(2)).replace(text(a.get(0)), text(a.get(1)))));
        define("indent", 2, 2, a -> string(indented(width(a.get(0)), text(a.get(1)))));
        define("nindent", 2, 2, a -> string("\n" + indented(width(a.get(0)), text(a.get(1)))));
        define(
                "b64enc",
                1,
                1,
                a -> string(Base64.getEncoder().encodeToString(text(a.get(0)).getBytes(StandardCharsets.UTF_8))));
    }

    private static void collections() {
        define("index", 1, 99, TemplateFunctions::index);
        define("get", 2, 2, TemplateFunctions::index);
        define(
                "len",
                1,
                1,
                a -> NODES.numberNode(
                        a.get(0).isString() ? text(a.get(0)).length() : a.get(0).size()));
        define("list", 0, 99, a -> Trees.array(a));
        define("append", 2, 2, a -> Trees.array(a.get(0).valueStream().toList()).add(a.get(1)));
        define(
                "join",
                2,
                2,
                a -> string(String.join(
                        text(a.get(0)),
                        a.get(1).valueStream().map(TemplateFunctions::text).toList())));
        define(
                "splitList",
                2,
                2,
                a -> Trees.array(List.of(text(a.get(1)).split(java.util.regex.Pattern.quote(text(a.get(0))), -1))));
        define(
                "first",
                1,
                1,
                a -> a.get(0).isEmpty() ? NODES.nullNode() : a.get(0).get(0));
        define("has", 2, 2, a -> truth(a.get(1).valueStream().anyMatch(item -> same(item, a.get(0)))));
        define("hasKey", 2, 2, a -> truth(a.get(0).has(text(a.get(1)))));
        define("isset", 2, 2, a -> truth(a.get(0).has(text(a.get(1)))));
        define("keys", 1, 1, a -> Trees.array(List.copyOf(a.get(0).propertyNames())));
        define("dict", 0, 98, a -> {
            ObjectNode dictionary = Trees.object();
            for (int i = 0; i + 1 < a.size(); i += 2) {
                dictionary.set(text(a.get(i)), a.get(i + 1));
            }
            return dictionary;
        });
        define("deepCopy", 1, 1, a -> a.get(0).deepCopy());
        define("mergeOverwrite", 2, 99, a -> {
            a.stream().skip(1).forEach(above -> overlay(a.get(0), above));
            return a.get(0);
        });
        define("omit", 1, 99, a -> {
            ObjectNode copy = a.get(0) instanceof ObjectNode object ? object.deepCopy() : Trees.object();
            a.stream().skip(1).forEach(name -> copy.remove(text(name)));
            return copy;
        });
    }

    private static void numbers() {
        define("int", 1, 1, a -> NODES.numberNode(number(a.get(0)).longValue()));
        define("atoi", 1, 1, a -> NODES.numberNode(number(a.get(0)).longValue()));
        define(
                "add",
                2,
                2,
                a -> NODES.numberNode(number(a.get(0)).add(number(a.get(1))).longValue()));
        define(
                "sub",
                2,
                2,
                a -> NODES.numberNode(
                        number(a.get(0)).subtract(number(a.get(1))).longValue()));
        define(
                "mul",
                2,
                2,
                a -> NODES.numberNode(
                        number(a.get(0)).multiply(number(a.get(1))).longValue()));
    }

    private static void documents() {
        for (String name : List.of("toJson", "toJSON", "structToJSON", "protoToJSON")) {
            define(name, 1, 1, a -> string(a.get(0).toString()));
        }
        for (String name : List.of("fromJson", "fromJSON")) {
            define(name, 1, 1, a -> parsed(text(a.get(0))));
        }
        define("fromYaml", 1, 1, a -> object(text(a.get(0))));
        define("toYaml", 1, 1, a -> string(YamlText.write(a.get(0)).stripTrailing()));
    }

    private static void istio() {
        define("annotation", 3, 3, a -> {
            JsonNode found = a.get(0).path("annotations").path(text(a.get(1)));
            return string(text(found.isMissingNode() ? a.get(2) : found));
        });
        define("directory", 1, 1, a -> {
            int slash = text(a.get(0)).lastIndexOf('/');
            return string(slash < 0 ? "." : text(a.get(0)).substring(0, slash + 1));
        });
    }

    private static void overlay(JsonNode below, JsonNode above) {
        if (below instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : above.properties()) {
                if (object.get(field.getKey()) instanceof ObjectNode inner
                        && field.getValue() instanceof ObjectNode own) {
                    overlay(inner, own);
                } else {
                    object.set(field.getKey(), field.getValue());
                }
            }
        }
    }

    /// Go's word for a type.
    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "map";
            case ARRAY -> "slice";
            case STRING -> "string";
            case BOOLEAN -> "bool";
            case NUMBER -> value.isIntegralNumber() ? "int64" : "float64";
            case NULL, MISSING, BINARY, POJO -> "invalid";
        };
    }

    /// As Go prints a value.
    static String text(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        if (value instanceof ArrayNode items) {
            return "["
                    + String.join(
                            " ",
                            items.valueStream().map(TemplateFunctions::text).toList()) + "]";
        }
        return value.isContainer() ? value.toString() : value.asString("");
    }

    private static JsonNode index(List<JsonNode> arguments) throws TemplateException {
        JsonNode found = arguments.getFirst();
        for (JsonNode key : arguments.subList(1, arguments.size())) {
            if (found instanceof ArrayNode items) {
                int place = width(key);
                if (place < 0 || place >= items.size()) {
                    throw new TemplateException("index: no item " + place + " in a list of " + items.size());
                }
                found = items.get(place);
            } else {
                found = found.path(text(key));
            }
        }
        return found.isMissingNode() ? NODES.nullNode() : found;
    }

    private static boolean same(JsonNode left, JsonNode right) {
        if (left.isNumber() && right.isNumber()) {
            return left.decimalValue().compareTo(right.decimalValue()) == 0;
        }
        return text(left).equals(text(right)) && left.isContainer() == right.isContainer();
    }

    private static int compare(List<JsonNode> arguments) throws TemplateException {
        JsonNode left = arguments.get(0);
        JsonNode right = arguments.get(1);
        return left.isString() && right.isString()
                ? text(left).compareTo(text(right))
                : number(left).compareTo(number(right));
    }

    /// Annotations of pods come here: written out, a number such as 1e999999999 would take the whole heap.
    private static BigDecimal number(JsonNode value) throws TemplateException {
        try {
            BigDecimal number = value.isNumber()
                    ? value.decimalValue()
                    : new BigDecimal(text(value).strip());
            if (number.precision() > MOST_DIGITS || Math.abs((long) number.scale()) > MOST_DIGITS) {
                throw new TemplateException("a number of more than " + MOST_DIGITS + " digits");
            }
            return number;
        } catch (NumberFormatException _) {
            throw new TemplateException("not a number: " + text(value));
        }
    }

    private static int width(JsonNode value) throws TemplateException {
        BigDecimal number = number(value);
        if (number.abs().compareTo(BigDecimal.valueOf(WIDEST)) > 0) {
            throw new TemplateException("too large: " + number);
        }
        return number.intValue();
    }

    private static String printed(List<JsonNode> arguments) throws TemplateException {
        String format = text(arguments.getFirst());
        StringBuilder out = new StringBuilder();
        int next = 1;
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                out.append(format.charAt(i));
                continue;
            }
            char verb = format.charAt(++i);
            if (verb == '%') {
                out.append('%');
            } else if ("svdtq".indexOf(verb) >= 0 && next < arguments.size()) {
                String value = text(arguments.get(next++));
                out.append(verb == 'q' ? NODES.stringNode(value).toString() : value);
            } else {
                throw new TemplateException("printf: %" + verb + " is not known here, or has no value");
            }
        }
        return out.toString();
    }

    private static String indented(int width, String text) {
        String pad = " ".repeat(Math.max(0, width));
        return pad + text.replace("\n", "\n" + pad);
    }

    private static String withoutSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    private static String withoutPrefix(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    /// From the end where the width is negative.
    private static String cut(String text, int width) {
        int kept = Math.min(Math.abs(width), text.length());
        return width < 0 ? text.substring(text.length() - kept) : text.substring(0, kept);
    }

    private static JsonNode parsed(String json) throws TemplateException {
        try {
            return Trees.parse(json);
        } catch (JacksonException _) {
            throw new TemplateException("fromJSON: not JSON: " + json);
        }
    }

    private static JsonNode object(String yaml) throws TemplateException {
        List<YamlDocument> documents = new YamlReader(YamlLimits.DEFAULT).read(yaml, "fromYaml");
        if (documents.isEmpty()) {
            return Trees.object();
        }
        if (documents.size() == 1
                && documents.getFirst() instanceof YamlDocument.Read(var root, var _)
                && Trees.of(root) instanceof ObjectNode object) {
            return object;
        }
        throw new TemplateException("fromYaml: not a YAML object: " + yaml);
    }

    private static JsonNode truth(boolean value) {
        return NODES.booleanNode(value);
    }

    private static JsonNode string(String value) {
        return NODES.stringNode(value);
    }
}
