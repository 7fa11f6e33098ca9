package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// The workload that a pod belongs to, as users know it: the Deployment, not its ReplicaSet of the hour.
///
/// @param namespace empty where a manifest names none
record Owner(String apiVersion, String kind, String name, String namespace) {
    private static final Pattern CRON_JOB = Pattern.compile("(.+)-\\d{8,10}");
    private static final String HASH_LABEL = "pod-template-hash";
    private static final String DEPLOYMENT_CONFIG_LABEL = "deploymentconfig";

    String namespaceOrDefault() {
        return namespace.isEmpty() ? "default" : namespace;
    }

    /// The object that a manifest holds.
    static Owner of(ObjectNode object) {
        return new Owner(
                Trees.text(object, "apiVersion"),
                Trees.text(object, "kind"),
                Trees.text(object, "metadata", "name"),
                Trees.text(object, "metadata", "namespace"));
    }

    /// Who controls a pod, read from its owner references and from the names that Kubernetes' controllers give.
    static Owner ofPod(ObjectNode metadata, String namespace) {
        String podName = Trees.text(metadata, "name");
        Optional<ObjectNode> controller = Trees.objects(metadata, "ownerReferences").stream()
                .filter(reference -> Trees.flag(reference, "controller"))
                .findFirst();
        if (controller.isEmpty()) {
            String generated = Trees.text(metadata, "generateName").replaceAll("-$", "");
            return new Owner("v1", "Pod", podName.isEmpty() ? generated : podName, namespace);
        }
        String kind = Trees.text(controller.get(), "kind");
        String name = Trees.text(controller.get(), "name");
        String hash = Trees.text(metadata, "labels", HASH_LABEL);
        if (kind.equals("ReplicaSet") && !hash.isEmpty() && name.endsWith("-" + hash)) {
            return new Owner(
                    Trees.text(controller.get(), "apiVersion"),
                    "Deployment",
                    name.substring(0, name.length() - hash.length() - 1),
                    namespace);
        }
        String config = Trees.text(metadata, "labels", DEPLOYMENT_CONFIG_LABEL);
        if (kind.equals("ReplicationController") && !config.isEmpty() && name.startsWith(config + "-")) {
            return new Owner("apps.openshift.io/v1", "DeploymentConfig", config, namespace);
        }
        Matcher cron = CRON_JOB.matcher(name);
        if (kind.equals("Job") && cron.matches()) {
            return new Owner(Trees.text(controller.get(), "apiVersion"), "CronJob", cron.group(1), namespace);
        }
        return new Owner(Trees.text(controller.get(), "apiVersion"), kind, name, namespace);
    }
}
