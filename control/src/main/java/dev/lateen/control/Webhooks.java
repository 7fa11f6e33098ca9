package dev.lateen.control;

import dev.lateen.control.cluster.ClusterFacts;
import dev.lateen.control.cluster.ClusterListener;
import dev.lateen.control.cluster.ClusterSettings;
import dev.lateen.control.debug.BuildVersion;
import dev.lateen.control.debug.ControlMetrics;
import dev.lateen.control.trust.SpiffeBundle;
import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.webhook.InjectionHook;
import dev.lateen.kubernetes.webhook.ValidationHook;
import dev.lateen.kubernetes.webhook.WebhookServer;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.ProxyConfigs;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.xds.server.GrpcListener.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// What this control plane answers to Kubernetes API servers, by the settings of the moment. Settings of the
/// injector by which no pod could be injected are reported, and the last good ones stay in force. Thread: any.
final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    private final MeshState mesh;
    private final ClusterFacts facts;
    private final ClusterSettings cluster;
    private final ClusterListener listener;
    private volatile Current current;

    /// @param settings of the mesh, from which the hook was made
    /// @param proxies what resources say about proxies, likewise
    /// @param asked the values of the injector that were to be taken
    /// @param taken those that were
    private record Current(
            Mapping settings, ProxyConfigs proxies, ObjectNode asked, ObjectNode taken, InjectionHook hook) {}

    private Webhooks(MeshState mesh, ClusterFacts facts, ClusterSettings cluster, ClusterListener listener) {
        this.mesh = mesh;
        this.facts = facts;
        this.cluster = cluster;
        this.listener = listener;
        ObjectNode none = Trees.object();
        this.current = new Current(
                mesh.settings(), ProxyConfigs.NONE, none, none, make(mesh.settings(), ProxyConfigs.NONE, none));
    }

    /// @param own certificate: API servers show none of theirs
    /// @param metrics hear whether the injector's settings are in force, and what is answered
    static WebhookServer start(
            InetSocketAddress address,
            Tls own,
            MeshState mesh,
            ClusterFacts facts,
            ClusterSettings cluster,
            ControlMetrics metrics)
            throws IOException {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(new KeyManager[] {own.keys()}, null, null);
            Webhooks webhooks = new Webhooks(mesh, facts, cluster, metrics);
            facts.onInjector(webhooks::injection);
            webhooks.injection();
            return WebhookServer.start(
                    address,
                    tls,
                    webhooks::injection,
                    new ValidationHook(),
                    () -> SpiffeBundle.of(mesh.roots()).json(),
                    metrics.webhooks());
        } catch (GeneralSecurityException e) {
            throw new IOException("webhooks: no TLS: " + e.getMessage(), e);
        }
    }

    // Whether they have changed is the question, which is asked for each pod.
    @SuppressWarnings("ReferenceEquality")
    private InjectionHook injection() {
        Mapping settings = mesh.settings();
        ObjectNode asked = facts.injector();
        Current known = current;
        ProxyConfigs proxies = mesh.snapshot().proxyConfigs();
        if (known.settings() != settings || known.proxies() != proxies || known.asked() != asked) {
            known = next(known, settings, proxies, asked);
            current = known;
        }
        return known.hook();
    }

    @SuppressWarnings("ReferenceEquality")
    private Current next(Current known, Mapping settings, ProxyConfigs proxies, ObjectNode asked) {
        Optional<String> problem;
        try {
            InjectionHook hook = make(settings, proxies, asked);
            problem = hook.problem();
            if (problem.isEmpty()) {
                if (known.asked() != asked) {
                    listener.settings(cluster.named("istio-sidecar-injector"), false);
                }
                return new Current(settings, proxies, asked, asked, hook);
            }
        } catch (RuntimeException failure) { // a value of a type that nobody could expect
            problem = Optional.of(String.valueOf(failure.getMessage()));
        }
        LOG.atError()
                .addKeyValue("kind", "ConfigMap " + cluster.named("istio-sidecar-injector"))
                .addKeyValue("reason", problem.get())
                .log("no pod could be injected by these settings: earlier ones stay in force");
        listener.settings(cluster.named("istio-sidecar-injector"), true);
        return new Current(settings, proxies, asked, known.taken(), make(settings, proxies, known.taken()));
    }

    private InjectionHook make(Mapping settings, ProxyConfigs proxies, ObjectNode injector) {
        MeshConfig bound = MeshConfig.of(settings).value();
        ObjectNode document = Trees.object(
                "proxyListenPort",
                bound.ports().outbound(),
                "proxyInboundListenPort",
                bound.ports().inbound(),
                "trustDomain",
                bound.identity().trustDomain(),
                "defaultConfig",
                Trees.object(
                        "discoveryAddress",
                        cluster.named("istiod") + "." + cluster.namespace() + ".svc:15012",
                        "statusPort",
                        bound.proxy().statusPort()));
        if (Trees.of(settings) instanceof ObjectNode written) {
            InjectionValues.overlay(document, written);
        }
        ObjectNode values = InjectionValues.defaults(BuildVersion.read().version());
        InjectionValues.overlay(values, injector);
        return new InjectionHook(
                new InjectionSettings(values, document, cluster.revision(), true, false).withProxyConfigs(proxies),
                facts::namespace);
    }
}
