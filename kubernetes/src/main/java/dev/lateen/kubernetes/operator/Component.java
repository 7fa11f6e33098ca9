package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.Trees;
import tools.jackson.databind.node.ObjectNode;

/// A part of an installation that is to be there.
///
/// @param name of its Deployment or DaemonSet and what belongs to it
/// @param container whose settings are meant by those of the component
/// @param settings as the operator has them: `k8s`, `hub`, `tag`, `label`
record Component(Kind kind, String name, String namespace, String container, ObjectNode settings) {
    enum Kind {
        BASE,
        CNI,
        PILOT,
        INGRESS_GATEWAY,
        EGRESS_GATEWAY
    }

    /// The settings of its Kubernetes objects.
    ObjectNode kubernetes() {
        return settings.get("k8s") instanceof ObjectNode own ? own : Trees.object();
    }

    boolean isGateway() {
        return kind == Kind.INGRESS_GATEWAY || kind == Kind.EGRESS_GATEWAY;
    }

    /// What keeps its pods.
    String workloadKind() {
        return kind == Kind.CNI ? "DaemonSet" : "Deployment";
    }

    /// A key of `gatewayDefaults` in the chart.
    String chartKind() {
        return kind == Kind.EGRESS_GATEWAY ? "egressgateway" : "ingressgateway";
    }
}
