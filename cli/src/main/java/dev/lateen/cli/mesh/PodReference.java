package dev.lateen.cli.mesh;

import java.util.Locale;

/// What a person calls a pod: `[TYPE/]NAME[.NAMESPACE]`.
///
/// @param type of a workload or Service whose first pod is meant; empty where nothing was said
/// @param namespace empty where nothing was said
record PodReference(Type type, String name, String namespace) {
    /// What can stand before the slash.
    enum Type {
        UNSAID("", ""),
        POD("v1", "Pod"),
        SERVICE("v1", "Service"),
        DEPLOYMENT("apps/v1", "Deployment"),
        REPLICA_SET("apps/v1", "ReplicaSet"),
        STATEFUL_SET("apps/v1", "StatefulSet"),
        DAEMON_SET("apps/v1", "DaemonSet"),
        JOB("batch/v1", "Job");

        private final String apiVersion;
        private final String kind;

        Type(String apiVersion, String kind) {
            this.apiVersion = apiVersion;
            this.kind = kind;
        }

        String apiVersion() {
            return apiVersion;
        }

        String kind() {
            return kind;
        }
    }

    /// @throws IllegalArgumentException where the type is none that has pods
    static PodReference parse(String text) {
        int slash = text.indexOf('/');
        String rest = text.substring(slash + 1);
        int dot = rest.lastIndexOf('.');
        String name = dot < 0 ? rest : rest.substring(0, dot);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' names no pod (expected: [TYPE/]NAME[.NAMESPACE])");
        }
        return new PodReference(
                slash < 0 ? Type.UNSAID : type(text.substring(0, slash)),
                name,
                rest.substring(dot < 0 ? rest.length() : dot + 1));
    }

    private static Type type(String text) {
        String word = text.toLowerCase(Locale.ROOT).replaceFirst("\\..*$", "");
        return switch (word) {
            case "pod", "pods", "po" -> Type.POD;
            case "service", "services", "svc" -> Type.SERVICE;
            case "deployment", "deployments", "deploy" -> Type.DEPLOYMENT;
            case "replicaset", "replicasets", "rs" -> Type.REPLICA_SET;
            case "statefulset", "statefulsets", "sts" -> Type.STATEFUL_SET;
            case "daemonset", "daemonsets", "ds" -> Type.DAEMON_SET;
            case "job", "jobs" -> Type.JOB;
            default ->
                throw new IllegalArgumentException("'" + text
                        + "' is no type of workload (expected: pod, deploy, svc, rs, sts, ds or job before the slash)");
        };
    }
}
