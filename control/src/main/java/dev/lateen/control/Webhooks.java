package dev.lateen.control;

import dev.lateen.control.cluster.ClusterFacts;
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
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.node.ObjectNode;

/// What this control plane answers to Kubernetes API servers, by the mesh's settings of the moment. Thread: any.
final class Webhooks {
    private final Supplier<MeshSnapshot> mesh;
    private final ClusterFacts facts;
    private volatile Current current;

    /// @param settings from which the hook was made
    /// @param injector the values from which it was made
    private record Current(MeshConfig settings, ObjectNode injector, InjectionHook hook) {}

    private Webhooks(Supplier<MeshSnapshot> mesh, ClusterFacts facts) {
        this.mesh = mesh;
        this.facts = facts;
        this.current = make(mesh.get().mesh(), facts.injector());
    }

    /// @param own certificate: API servers show none of theirs
    /// @param bundle whom other trust domains are to trust here
    static WebhookServer start(
            InetSocketAddress address,
            Tls own,
            Supplier<MeshSnapshot> mesh,
            ClusterFacts facts,
            Supplier<String> bundle)
            throws IOException {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(new KeyManager[] {own.keys()}, null, null);
            return WebhookServer.start(
                    address, tls, new Webhooks(mesh, facts)::injection, new ValidationHook(), bundle);
        } catch (GeneralSecurityException e) {
            throw new IOException("webhooks: no TLS: " + e.getMessage(), e);
        }
    }

    private InjectionHook injection() {
        MeshConfig settings = mesh.get().mesh();
        ObjectNode injector = facts.injector();
        Current known = current;
        if (!known.settings().equals(settings) || !known.injector().equals(injector)) {
            known = make(settings, injector);
            current = known;
        }
        return known.hook();
    }

    private Current make(MeshConfig mesh, ObjectNode injector) {
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
        ObjectNode values = InjectionValues.defaults(BuildVersion.read().version());
        InjectionValues.overlay(values, injector);
        InjectionSettings settings = new InjectionSettings(values, document, "default", true, false);
        return new Current(mesh, injector, new InjectionHook(settings, Set.of("default"), facts::namespace));
    }
}
