package dev.lateen.model.resource;

import dev.lateen.model.source.YamlLimits;

/// How files become resources.
///
/// @param defaultNamespace where a namespaced resource lives that names no namespace
public record ParserSettings(YamlLimits limits, String defaultNamespace) {
    public static final ParserSettings DEFAULT = new ParserSettings(YamlLimits.DEFAULT, "default");
}
