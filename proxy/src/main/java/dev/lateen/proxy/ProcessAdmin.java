package dev.lateen.proxy;

import com.google.protobuf.Message;
import dev.lateen.proxy.admin.AdminBackend;
import dev.lateen.proxy.listener.ActiveListener;
import dev.lateen.proxy.tls.CertificateConfig;
import dev.lateen.proxy.tls.Secret;
import dev.lateen.xds.ResourceType;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// What the admin API shows of this process.
///
/// Thread: chores loop.
final class ProcessAdmin implements AdminBackend {
    private static final String VERSION = "0.1.0";

    private final ProxyProcess process;
    private boolean failing;

    ProcessAdmin(ProxyProcess process) {
        this.process = process;
    }

    @Override
    public State state() {
        if (failing || process.runtime().listeners().draining()) {
            return State.DRAINING;
        }
        return process.ready() ? State.LIVE : State.INITIALIZING;
    }

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public List<ListenerView> listeners() {
        List<ListenerView> views = new ArrayList<>();
        for (ActiveListener listener : process.runtime().listeners().all()) {
            String name = listener.config().name();
            views.add(new ListenerView(name, process.runtime().listeners().addresses(name)));
        }
        return views;
    }

    @Override
    public List<Accepted> resources(ResourceType type) {
        return process.runtime().assembler().accepted(type).stream()
                .map(entry -> new Accepted(
                        entry.received().name(),
                        entry.received().version(),
                        entry.received().resource(),
                        entry.at(),
                        entry.fixed()))
                .toList();
    }

    @Override
    public Message bootstrap() {
        return process.runtime().bootstrap().resources();
    }

    @Override
    public Message node() {
        return process.runtime().bootstrap().node();
    }

    @Override
    public String certificates() {
        StringJoiner entries = new StringJoiner(",", "[", "]");
        process.runtime().secrets().all().forEach((ref, secret) -> {
            if (secret instanceof Secret.Certificate(CertificateConfig certificate)) {
                entries.add(describe(ref.name(), certificate.leaf()));
            }
        });
        return entries.toString();
    }

    /// Names of secrets come from the configuration; quotes cannot be in them unharmed.
    private static String describe(String name, X509Certificate leaf) {
        String path = name.replace("\\", "").replace("\"", "");
        return "{\"ca_cert\":[],\"cert_chain\":[{\"path\":\"" + path + "\",\"serial_number\":\""
                + leaf.getSerialNumber().toString(16) + "\",\"valid_from\":\""
                + leaf.getNotBefore().toInstant() + "\",\"expiration_time\":\""
                + leaf.getNotAfter().toInstant() + "\"}]}";
    }

    @Override
    public void drainListeners(boolean inboundOnly) {
        process.runtime().listeners().drain(inboundOnly);
    }

    @Override
    public void failHealthCheck(boolean fail) {
        failing = fail;
    }

    @Override
    public void quit() {
        process.quit();
    }
}
