package dev.lateen.proxy.route;

import com.google.re2j.Pattern;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Place;
import java.util.HashSet;
import java.util.Set;

/// Paths with placeholders, such as `/users/{id}/files/**`: `*` and `{name}` stand for one segment, `**` for any number
/// of them; a variable may give a pattern of its own, as in `{name=files/*}`.
///
/// Limits: five variables; nothing but text may follow `**`. Source:
/// envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig.
public final class PathTemplate {
    private static final String TEXT = "a-zA-Z0-9\\-._~%!$&'()+,;:@=";
    private static final String SEGMENT = "[" + TEXT + "]+";
    private static final String REST = "[" + TEXT + "/]*";
    private static final int MAX_VARIABLES = 5;

    private final String template;
    private final Place at;
    private final StringBuilder regex = new StringBuilder();
    private final Set<String> variables = new HashSet<>();
    private boolean open;

    private PathTemplate(String template, Place at) {
        this.template = template;
        this.at = at;
    }

    /// An expression for whole paths without their query.
    public static Pattern compile(String template, Place at) {
        PathTemplate made = new PathTemplate(template, at);
        at.require(template.startsWith("/"), "'" + template + "' does not start with '/'");
        made.read(template, true);
        return CommonDecoder.regex(made.regex.toString(), at);
    }

    private void read(String part, boolean variablesToo) {
        int index = 0;
        while (index < part.length()) {
            char next = part.charAt(index);
            if (next == '*') {
                boolean rest = part.startsWith("**", index);
                operator(rest);
                index += rest ? 2 : 1;
            } else if (next == '{' && variablesToo) {
                int end = part.indexOf('}', index);
                at.require(end > 0, "'" + template + "' has a '{' without '}'");
                variable(part.substring(index + 1, end));
                index = end + 1;
            } else {
                literal(next);
                index++;
            }
        }
    }

    private void operator(boolean rest) {
        at.require(!open, "'" + template + "' has an operator after '**'");
        open |= rest;
        regex.append(rest ? REST : SEGMENT);
    }

    private void variable(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String pattern = equals < 0 ? "*" : text.substring(equals + 1);
        at.require(
                !name.isEmpty() && name.length() <= 16 && name.chars().allMatch(PathTemplate::isNamePart),
                "'" + name + "' is no name for a variable (expected: 1 to 16 letters, digits or '_')");
        at.require(variables.add(name), "'" + template + "' names the variable '" + name + "' twice");
        at.require(variables.size() <= MAX_VARIABLES, "'" + template + "' has more than 5 variables");
        at.require(!pattern.isEmpty(), "the variable '" + name + "' has an empty pattern");
        read(pattern, false);
    }

    private static boolean isNamePart(int c) {
        return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
    }

    private void literal(char c) {
        boolean known = c == '/' || (c < 128 && (Character.isLetterOrDigit(c) || "-._~%!$&'()+,;:@=".indexOf(c) >= 0));
        at.require(known, "'" + template + "' has a '" + c + "', which cannot stand in a template");
        if (Character.isLetterOrDigit(c) || c == '/') {
            regex.append(c);
        } else {
            regex.append('\\').append(c);
        }
    }
}
