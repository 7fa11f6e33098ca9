package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The volumes of a proxy and where they are mounted: sockets, certificates, tokens, roots, labels of the pod.
final class SidecarVolumes {
    static final String BOOTSTRAP_DIRECTORY = "/etc/istio/custom-bootstrap";

    private static final String GKE = "GkeWorkloadCertificate";
    private static final long TOKEN_SECONDS = 43_200;

    private SidecarVolumes() {}

    static ArrayNode mounts(TemplateContext context, boolean sidecar) {
        InjectionSettings settings = context.settings();
        ArrayNode mounts = Trees.array(
                mount("workload-socket", "/var/run/secrets/workload-spiffe-uds"),
                mount("credential-socket", "/var/run/secrets/credential-uds"),
                usesGke(settings)
                        ? mount("gke-workload-certificate", "/var/run/secrets/workload-spiffe-credentials")
                                .put("readOnly", true)
                        : mount("workload-certs", "/var/run/secrets/workload-spiffe-credentials"));
        if (servesRoots(settings)) {
            mounts.add(mount("istiod-ca-cert", "/var/run/secrets/istio"));
        }
        if (sidecar) {
            mounts.add(mount("istio-ca-crl", "/var/run/secrets/istio/crl"));
        }
        mounts.add(mount("istio-data", "/var/lib/istio/data"));
        if (sidecar && context.subject().annotation(Names.BOOTSTRAP_OVERRIDE).isPresent()) {
            mounts.add(mount("custom-bootstrap-volume", BOOTSTRAP_DIRECTORY));
        }
        mounts.add(mount("istio-envoy", "/etc/istio/proxy"));
        mounts.add(mount("istio-token", "/var/run/secrets/tokens"));
        if (settings.flag("global", "mountMtlsCerts")) {
            mounts.add(mount("istio-certs", "/etc/certs/").put("readOnly", true));
        }
        mounts.add(mount("istio-podinfo", "/etc/istio/pod"));
        if (sidecar) {
            addUsers(mounts, context, Names.USER_VOLUME_MOUNT);
        }
        return mounts;
    }

    static ArrayNode volumes(TemplateContext context, boolean sidecar) {
        InjectionSettings settings = context.settings();
        ArrayNode volumes = Trees.array(named("workload-socket"), emptyOrNamed("credential-socket", sidecar));
        volumes.add(
                usesGke(settings)
                        ? Trees.object(
                                "name",
                                "gke-workload-certificate",
                                "csi",
                                Trees.object("driver", "workloadcertificates.security.cloud.google.com"))
                        : emptyOrNamed("workload-certs", sidecar));
        volumes.add(Trees.object("name", "istio-envoy", "emptyDir", Trees.object("medium", "Memory")));
        volumes.add(Trees.object("name", "istio-data", "emptyDir", Trees.object()));
        volumes.add(podInfo());
        volumes.add(token(settings));
        if (servesRoots(settings)) {
            volumes.add(Trees.object(
                    "name",
                    "istiod-ca-cert",
                    "configMap",
                    Trees.object(
                            "name",
                            settings.optional("global", "trustBundleName").orElse("istio-ca-root-cert"))));
        }
        if (sidecar) {
            volumes.add(Trees.object(
                    "name", "istio-ca-crl", "configMap", Trees.object("name", "istio-ca-crl", "optional", true)));
        }
        if (settings.flag("global", "mountMtlsCerts")) {
            volumes.add(certificates(context));
        }
        if (sidecar) {
            context.subject()
                    .annotation(Names.BOOTSTRAP_OVERRIDE)
                    .ifPresent(map -> volumes.add(
                            Trees.object("name", "custom-bootstrap-volume", "configMap", Trees.object("name", map))));
            addUsers(volumes, context, Names.USER_VOLUME);
        }
        return volumes;
    }

    private static boolean usesGke(InjectionSettings settings) {
        return settings.value("global", "caName").equals(GKE);
    }

    private static boolean servesRoots(InjectionSettings settings) {
        return settings.value("global", "pilotCertProvider").equals("istiod");
    }

    /// A volume without a source: the API server makes it an empty directory, unless another template names a source.
    private static ObjectNode named(String name) {
        return Trees.object("name", name);
    }

    private static ObjectNode emptyOrNamed(String name, boolean sidecar) {
        return sidecar ? named(name) : Trees.object("name", name, "emptyDir", Trees.object());
    }

    private static ObjectNode podInfo() {
        return Trees.object(
                "name",
                "istio-podinfo",
                "downwardAPI",
                Trees.object("items", Trees.array(podFile("labels"), podFile("annotations"))));
    }

    private static ObjectNode podFile(String name) {
        return Trees.object("path", name, "fieldRef", Trees.object("fieldPath", "metadata." + name));
    }

    private static ObjectNode token(InjectionSettings settings) {
        ObjectNode source = Trees.object(
                "serviceAccountToken",
                Trees.object(
                        "path",
                        "istio-token",
                        "expirationSeconds",
                        TOKEN_SECONDS,
                        "audience",
                        settings.optional("global", "sds", "token", "aud").orElse("istio-ca")));
        return Trees.object("name", "istio-token", "projected", Trees.object("sources", Trees.array(source)));
    }

    private static ObjectNode certificates(TemplateContext context) {
        String account = Trees.text(context.pod(), "spec", "serviceAccountName");
        return Trees.object(
                "name",
                "istio-certs",
                "secret",
                Trees.object("optional", true, "secretName", "istio." + (account.isEmpty() ? "default" : account)));
    }

    private static ObjectNode mount(String name, String path) {
        return Trees.object("name", name, "mountPath", path);
    }

    /// Volumes or mounts that the pod's annotation asks for, in the order of their names.
    private static void addUsers(ArrayNode list, TemplateContext context, String annotation) {
        Optional<ObjectNode> asked = context.subject().annotation(annotation).flatMap(Trees::parseObject);
        if (asked.isEmpty()) {
            return;
        }
        for (String name : asked.get().propertyNames().stream().sorted().toList()) {
            if (asked.get().get(name) instanceof ObjectNode body) {
                list.add(named(name).setAll(body.deepCopy()));
            }
        }
    }
}
