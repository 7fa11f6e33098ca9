package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.schema.FieldType.Choice;
import dev.lateen.model.schema.FieldType.Decimal;
import dev.lateen.model.schema.FieldType.Simple;
import dev.lateen.model.schema.FieldType.Whole;
import dev.lateen.model.tree.Durations;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Compares scalar values with their type, as strictly as proto JSON. Thread: any.
final class ScalarChecks {
    private static final int LONGEST_NUMBER = 40;

    private ScalarChecks() {}

    static void simple(Node node, Simple type, String path, Report report) {
        switch (type) {
            case ANY -> {}
            case FREE_FORM -> {
                if (!(node instanceof Mapping)) {
                    wrongType(node, path, type.describe(), report);
                }
            }
            case STRING -> string(node, path, report);
            case BOOL -> {
                if (!(node instanceof Scalar(var _, ScalarType found, var _)) || found != ScalarType.BOOLEAN) {
                    wrongType(node, path, type.describe(), report);
                }
            }
            case DURATION -> duration(node, path, report);
            case BYTES -> bytes(node, path, report);
            case INT_OR_STRING -> {
                boolean fits = node instanceof Scalar(var _, ScalarType found, var _)
                        && (found == ScalarType.INTEGER || found == ScalarType.STRING);
                if (!fits) {
                    wrongType(node, path, type.describe(), report);
                }
            }
        }
    }

    static void whole(Node node, Whole type, String path, Report report) {
        BigDecimal number = numberOf(node);
        if (number == null || number.stripTrailingZeros().scale() > 0) {
            wrongType(node, path, type.describe(), report);
            return;
        }
        BigInteger value = number.toBigInteger();
        if (value.compareTo(BigInteger.valueOf(type.min())) < 0
                || value.compareTo(BigInteger.valueOf(type.max())) > 0) {
            report.error(spot(node, path), "out-of-range", "number is out of range", type.describe());
        }
    }

    static void decimal(Node node, Decimal type, String path, Report report) {
        if (numberOf(node) == null) {
            wrongType(node, path, type.describe(), report);
        }
    }

    static void choice(Node node, Choice type, String path, Report report) {
        if (!(node instanceof Scalar(String text, var _, var at))) {
            wrongType(node, path, type.describe(), report);
        } else if (!type.numbers().containsKey(text)) {
            report.add(Diagnostic.error("bad-enum-value", at, path, "value is not known here")
                    .withValue(text)
                    .withExpected(type.describe())
                    .withAdvice(Spelling.advice(text, type.numbers().keySet())));
        }
    }

    static void wrongType(Node node, String path, String expected, Report report) {
        String found = switch (node) {
            case Mapping _ -> "a mapping";
            case Sequence _ -> "a list";
            case Scalar scalar ->
                switch (scalar.type()) {
                    case STRING -> "a string";
                    case INTEGER, FLOAT -> "a number";
                    case BOOLEAN -> "true or false";
                    case NULL -> "nothing";
                };
        };
        String advice = node instanceof Mapping && expected.equals("a list") ? "start each item with '- '" : "";
        report.add(Diagnostic.error("wrong-type", node.at(), path, "wrong type: " + found)
                .withValue(spot(node, path).shownValue())
                .withExpected(expected)
                .withAdvice(advice));
    }

    private static void string(Node node, String path, Report report) {
        if (!(node instanceof Scalar scalar)) {
            wrongType(node, path, "a string", report);
        } else if (scalar.type() != ScalarType.STRING) {
            report.add(Diagnostic.error("wrong-type", node.at(), path, "wrong type: not a string")
                    .withValue(scalar.text())
                    .withExpected("a string")
                    .withAdvice("put it in quotes: \"" + scalar.text() + "\""));
        }
    }

    private static void duration(Node node, String path, Report report) {
        boolean fits = node instanceof Scalar scalar
                && scalar.type() == ScalarType.STRING
                && Durations.parse(scalar.text()).isPresent();
        if (!fits) {
            String advice = node instanceof Scalar scalar && scalar.type() == ScalarType.INTEGER
                    ? "did you mean " + scalar.text() + "s?"
                    : "";
            report.add(Diagnostic.error("wrong-type", node.at(), path, "not a duration")
                    .withValue(spot(node, path).shownValue())
                    .withExpected(Simple.DURATION.describe())
                    .withAdvice(advice));
        }
    }

    /// The value is left out of the message: it may be secret.
    private static void bytes(Node node, String path, Report report) {
        try {
            if (node instanceof Scalar scalar) {
                String plain =
                        scalar.text().replaceAll("\\s", "").replace('-', '+').replace('_', '/');
                Base64.getDecoder().decode(plain);
                return;
            }
            wrongType(node, path, Simple.BYTES.describe(), report);
        } catch (IllegalArgumentException _) {
            report.error(new Spot(node.at(), path, ""), "bad-format", "not base64", Simple.BYTES.describe());
        }
    }

    /// Proto JSON takes numbers in quotes too.
    private static @Nullable BigDecimal numberOf(Node node) {
        if (!(node instanceof Scalar(String text, ScalarType type, var _))) {
            return null;
        }
        boolean mayBe = type == ScalarType.INTEGER || type == ScalarType.FLOAT || type == ScalarType.STRING;
        if (!mayBe || text.length() > LONGEST_NUMBER) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text);
            return Math.abs((long) number.scale()) > 400 ? null : number;
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private static Spot spot(Node node, String path) {
        return new Spot(node.at(), path, node instanceof Scalar scalar ? scalar.text() : "");
    }
}
