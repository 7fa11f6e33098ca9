package dev.lateen.kubernetes.template;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// A template in Go's language, with the functions that charts and Istio's injection templates use. A function that is
/// not known is refused by name when the template is parsed. Immutable. Thread: any.
///
/// Limits: what it renders to, and the steps that it takes, since users write templates.
/// Source: Go's `text/template`, Sprig.
public final class GoTemplate {
    private final TemplateParser.Parsed parsed;

    private GoTemplate(TemplateParser.Parsed parsed) {
        this.parsed = parsed;
    }

    public static GoTemplate parse(String text) throws TemplateException {
        return new GoTemplate(TemplateParser.parse(text));
    }

    public String render(JsonNode data) throws TemplateException {
        return new TemplateRun(parsed.definitions()).render(List.copyOf(parsed.body()), data);
    }
}
