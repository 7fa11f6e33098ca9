package dev.lateen.kubernetes.template;

import java.util.List;

/// A part of a template.
sealed interface TemplateNode {
    record Text(String text) implements TemplateNode {}

    /// Prints a value.
    record Output(Expression value) implements TemplateNode {}

    /// @param declares whether the variable begins here (`:=`) or is known (`=`)
    record Assignment(String variable, boolean declares, Expression value) implements TemplateNode {}

    record If(Expression condition, List<TemplateNode> then, List<TemplateNode> otherwise) implements TemplateNode {}

    /// @param variable set to the value, empty for none
    record With(String variable, Expression value, List<TemplateNode> then, List<TemplateNode> otherwise)
            implements TemplateNode {}

    /// @param key variable for the index or the name, empty for none
    /// @param item variable for the value, empty for none
    record Range(String key, String item, Expression over, List<TemplateNode> body, List<TemplateNode> otherwise)
            implements TemplateNode {}

    /// Runs a template that was defined by name.
    record Call(String template, Expression data) implements TemplateNode {}
}
