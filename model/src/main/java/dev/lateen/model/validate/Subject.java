package dev.lateen.model.validate;

import dev.lateen.model.istio.VirtualService;
import java.util.Map;

/// What the rules of a kind know about the resource beside its `spec`.
record Subject(String name, String namespace, Map<String, String> labels, Map<String, String> annotations) {
    /// Whether a controller made the resource from a Gateway API object, which may say more than a user's may.
    boolean fromGatewayApi() {
        return annotations
                        .getOrDefault("internal.istio.io/gateway-semantics", "")
                        .equals("gateway")
                || annotations.getOrDefault(VirtualService.SEMANTICS, "").equals("gateway");
    }
}
