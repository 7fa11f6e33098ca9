package dev.lateen.model.mesh;

import dev.lateen.model.istio.Telemetry.CustomTag;
import dev.lateen.model.tree.Fields;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What `tracing` of a proxy's configuration says of its spans; what is empty is left to the mesh's defaults. Source:
/// Istio, `ProxyConfig.tracing`. Thread: any.
///
/// @param sampling percent
/// @param maxPathTagLength bytes
public record ProxyTracing(
        OptionalDouble sampling,
        Map<String, CustomTag> customTags,
        OptionalInt maxPathTagLength,
        Optional<Boolean> istioTags) {
    public static final ProxyTracing NONE =
            new ProxyTracing(OptionalDouble.empty(), Map.of(), OptionalInt.empty(), Optional.empty());

    public ProxyTracing {
        customTags = Map.copyOf(customTags);
    }

    static ProxyTracing of(Fields tracing) {
        return new ProxyTracing(
                tracing.decimal("sampling"),
                tracing.objectMap("customTags", CustomTag::of),
                tracing.integer("maxPathTagLength"),
                tracing.has("enableIstioTags") ? Optional.of(tracing.flag("enableIstioTags")) : Optional.empty());
    }

    /// The same where it says something, else as the wider one.
    public ProxyTracing or(ProxyTracing wider) {
        return new ProxyTracing(
                sampling.isPresent() ? sampling : wider.sampling,
                customTags.isEmpty() ? wider.customTags : customTags,
                maxPathTagLength.isPresent() ? maxPathTagLength : wider.maxPathTagLength,
                istioTags.or(wider::istioTags));
    }
}
