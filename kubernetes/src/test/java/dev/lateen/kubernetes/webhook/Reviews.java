package dev.lateen.kubernetes.webhook;

import dev.lateen.kubernetes.tree.Trees;

/// Admission reviews as an API server sends them.
final class Reviews {
    private Reviews() {}

    /// @param object in JSON with single quotes
    static AdmissionRequest create(String object) {
        return AdmissionRequest.read(text(object, "CREATE")).orElseThrow();
    }

    static String text(String object, String operation) {
        return Trees.object(
                        "apiVersion",
                        "admission.k8s.io/v1",
                        "kind",
                        "AdmissionReview",
                        "request",
                        Trees.object(
                                "uid",
                                "u-1",
                                "namespace",
                                "shop",
                                "operation",
                                operation,
                                "object",
                                Trees.parse(object.replace('\'', '"'))))
                .toString();
    }
}
