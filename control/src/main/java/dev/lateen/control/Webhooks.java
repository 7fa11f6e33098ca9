package dev.lateen.control;

import dev.lateen.control.debug.BuildVersion;
import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.webhook.InjectionHook;
import dev.lateen.kubernetes.webhook.ValidationHook;
import dev.lateen.kubernetes.webhook.WebhookServer;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.xds.server.GrpcListener.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.node.ObjectNode;

/// What this control plane answers to Kubernetes API servers, by the mesh's settings of the moment. Thread: any.
final class Webhooks {
    private final Supplier<MeshSnapshot> mesh;
    private volatile Current current;

    /// @param settings from which the hook was made
    private record Current(MeshConfig settings, InjectionHook hook) {}

    private Webhooks(Supplier<MeshSnapshot> mesh) {
        this.mesh = mesh;
        this.current = make(mesh.get().mesh());
    }

    /// @param own certificate: API servers show none of theirs
    static WebhookServer start(InetSocketAddress address, Tls own, Supplier<MeshSnapshot> mesh) throws IOException {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(new KeyManager[] {own.keys()}, null, null);
            return WebhookServer.start(address, tls, new Webhooks(mesh)::injection, new ValidationHook());
        } catch (GeneralSecurityException e) {
            throw new IOException("webhooks: no TLS: " + e.getMessage(), e);
        }
    }

    private InjectionHook injection() {
        MeshConfig settings = mesh.get().mesh();
        Current known = current;
        if (!known.settings().equals(settings)) {
            known = make(settings);
            current = known;
        }
        return known.hook();
    }

    private static Current make(MeshConfig mesh) {
        ObjectNode proxy = Trees.object("statusPort", mesh.proxy().statusPort());
        if (!mesh.proxy().interceptionMode().isEmpty()) {
            proxy.put("interceptionMode", mesh.proxy().interceptionMode());
        }
        ObjectNode document = Trees.object(
                "proxyListenPort",
                mesh.ports().outbound(),
                "proxyInboundListenPort",
                mesh.ports().inbound(),
                "trustDomain",
                mesh.identity().trustDomain(),
                "inboundTrafficPolicy",
                Trees.object("mode", mesh.inboundLocalhost() ? "LOCALHOST" : "PASSTHROUGH"),
                "defaultConfig",
                proxy);
        InjectionSettings settings = new InjectionSettings(
                InjectionValues.defaults(BuildVersion.read().version()), document, "default", true, false);
        // Namespaces are not watched yet: the API server's selection of pods is believed.
        return new Current(mesh, new InjectionHook(settings, Set.of("default"), _ -> Optional.empty()));
    }
}
