package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.mesh.ProxyConfigs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What injection goes by, for every pod alike.
///
/// @param values the injector's values, of the shape that Istio's charts and `IstioOperator` give them
/// @param mesh MeshConfig as a document
/// @param revision of the control plane; empty for none
/// @param nativeSidecars whether every node runs init containers that live as long as the pod
/// @param openShift whether the cluster assigns user ids by namespace
/// @param proxyConfigs what resources say about proxies
public record InjectionSettings(
        JsonNode values,
        JsonNode mesh,
        String revision,
        boolean nativeSidecars,
        boolean openShift,
        ProxyConfigs proxyConfigs) {

    private static final String WEBHOOK = "sidecarInjectorWebhook";

    /// Without resources.
    public InjectionSettings(
            JsonNode values, JsonNode mesh, String revision, boolean nativeSidecars, boolean openShift) {
        this(values, mesh, revision, nativeSidecars, openShift, ProxyConfigs.NONE);
    }

    public InjectionSettings withProxyConfigs(ProxyConfigs all) {
        return new InjectionSettings(values, mesh, revision, nativeSidecars, openShift, all);
    }

    public InjectionSettings withRevision(String name) {
        return new InjectionSettings(values, mesh, name, nativeSidecars, openShift, proxyConfigs);
    }

    public InjectionSettings withNativeSidecars(boolean available) {
        return new InjectionSettings(values, mesh, revision, available, openShift, proxyConfigs);
    }

    String revisionOrDefault() {
        return revision.isEmpty() ? "default" : revision;
    }

    String value(String... path) {
        return Trees.text(values, path);
    }

    boolean flag(String... path) {
        return Trees.flag(values, path);
    }

    /// Empty stands for absent.
    Optional<String> optional(String... path) {
        return Optional.of(value(path)).filter(text -> !text.isEmpty());
    }

    JsonNode webhook(String name) {
        return Trees.at(values, WEBHOOK, name);
    }

    /// Templates of users by name, in Go's template language.
    Map<String, String> customTemplates() {
        Map<String, String> templates = new LinkedHashMap<>();
        webhook("templates")
                .properties()
                .forEach(one -> templates.put(one.getKey(), one.getValue().asString("")));
        return templates;
    }

    List<String> defaultTemplates() {
        List<String> named = Trees.texts(values, WEBHOOK, "defaultTemplates");
        return named.isEmpty() ? List.of("sidecar") : named;
    }

    boolean usesCni() {
        return flag("pilot", "cni", "enabled");
    }

    String trustDomain() {
        String domain = Trees.text(mesh, "trustDomain");
        return domain.isEmpty() ? value("global", "trustDomain") : domain;
    }

    /// The port at which the mesh's agents answer kubelet and scrapers.
    int statusPort() {
        String port = Trees.text(mesh, "defaultConfig", "statusPort");
        return port.isEmpty() ? 15020 : Integer.parseInt(port);
    }
}
