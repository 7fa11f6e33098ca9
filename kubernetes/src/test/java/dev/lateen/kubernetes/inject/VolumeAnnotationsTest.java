package dev.lateen.kubernetes.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.inject.InjectionResult.Injected;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Annotations by which a pod gives its proxy volumes, probes and places of metrics.
class VolumeAnnotationsTest {
    @Test
    void mountsTheUsersVolumes() {
        ObjectNode pod = injected(Map.of(
                "sidecar.istio.io/userVolume", "{\"b\":{\"emptyDir\":{}},\"a\":{\"configMap\":{\"name\":\"m\"}}}",
                "sidecar.istio.io/userVolumeMount", "{\"a\":{\"mountPath\":\"/a\",\"readOnly\":true}}"));
        assertThat(Trees.names(Trees.objects(pod, "spec", "volumes"))).endsWith("a", "b");
        assertThat(Trees.objects(proxy(pod), "volumeMounts").getLast().toString())
                .isEqualTo("{\"name\":\"a\",\"mountPath\":\"/a\",\"readOnly\":true}");
    }

    @Test
    void bringsItsOwnBootstrap() {
        ObjectNode pod = injected(Map.of("sidecar.istio.io/bootstrapOverride", "mine"));
        assertThat(Trees.names(Trees.objects(proxy(pod), "env"))).contains("ISTIO_BOOTSTRAP_OVERRIDE");
        assertThat(Trees.text(
                        Trees.named(Trees.objects(pod, "spec", "volumes"), "custom-bootstrap-volume")
                                .orElseThrow(),
                        "configMap",
                        "name"))
                .isEqualTo("mine");
    }

    @Test
    void tellsTheProxyWhereTheApplicationsMetricsAre() {
        ObjectNode pod = injected(Map.of("prometheus.io/port", "9090", "prometheus.io/path", "/m"));
        assertThat(Trees.text(
                        Trees.named(Trees.objects(proxy(pod), "env"), "ISTIO_PROMETHEUS_ANNOTATIONS")
                                .orElseThrow(),
                        "value"))
                .isEqualTo("{\"scrape\":\"\",\"path\":\"/m\",\"port\":\"9090\"}");
        assertThat(PodSubject.annotation(pod, "prometheus.io/port")).hasValue("15020");
    }

    @Test
    void leavesMetricsAloneWhereThePodSaysSo() {
        assertThat(PodSubject.annotation(injected(Map.of("prometheus.io/scrape", "false")), "prometheus.io/port"))
                .isEmpty();
        assertThat(PodSubject.annotation(
                        injected(Map.of("prometheus.istio.io/merge-metrics", "false")), "prometheus.io/port"))
                .isEmpty();
    }

    private static ObjectNode proxy(ObjectNode pod) {
        return PodSubject.proxy(pod).orElseThrow();
    }

    private static ObjectNode injected(Map<String, String> annotations) {
        ObjectNode own = Trees.object();
        annotations.forEach(own::put);
        ObjectNode pod = Trees.object(
                "metadata",
                Trees.object("name", "a", "annotations", own),
                "spec",
                Trees.object("containers", Trees.array(List.of(Trees.object("name", "app")))));
        SidecarInjector injector = new SidecarInjector(
                new InjectionSettings(InjectionValues.defaults("1"), Trees.object(), "", true, false));
        return ((Injected) injector.inject(pod, "shop", Map.of(), Map.of())).pod();
    }
}
