package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.Trees;
import tools.jackson.databind.node.ObjectNode;

/// A part of an installation that is to be there.
///
/// @param name of its Deployment and what belongs to it
/// @param container whose settings are meant by those of the component
/// @param settings as the operator has them: `k8s`, `hub`, `tag`, `label`
record Component(Kind kind, String name, String namespace, String container, ObjectNode settings) {
    enum Kind {
        BASE,
        PILOT,
        INGRESS_GATEWAY,
        EGRESS_GATEWAY
    }

    /// The settings of its Kubernetes objects.
    ObjectNode kubernetes() {
        return settings.get("k8s") instanceof ObjectNode own ? own : Trees.object();
    }

    /// A key of `gatewayDefaults` in the chart.
    String chartKind() {
        return kind == Kind.EGRESS_GATEWAY ? "egressgateway" : "ingressgateway";
    }
}
