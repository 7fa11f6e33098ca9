package dev.lateen.proxy.tls;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS towards the control plane: its certificate must be for the host that we dial, or for istiod's usual name.
///
/// Thread: chores loop.
public final class ControlPlaneTls {
    private static final List<String> USUAL_NAMES = List.of("istiod.istio-system.svc", "istiod.istio-system");
    private static final List<String> ALPN = List.of("h2");

    private final NativeContext context;
    private final String serverName;

    private ControlPlaneTls(NativeContext context, String serverName) {
        this.context = context;
        this.serverName = serverName;
    }

    /// @param known authorities beside those of the file
    ///
    /// Throws a `Refusal` where the authority's certificate cannot be read.
    public static ControlPlaneTls create(Path rootCertificate, List<X509Certificate> known, String host)
            throws SSLException {
        return create(rootCertificate, known, host, null);
    }

    /// As `create`, with a certificate by which we prove who we are.
    public static ControlPlaneTls showing(
            CertificateConfig own, Path rootCertificate, List<X509Certificate> known, String host) throws SSLException {
        return create(rootCertificate, known, host, own);
    }

    private static ControlPlaneTls create(
            Path rootCertificate, List<X509Certificate> known, String host, @Nullable CertificateConfig own)
            throws SSLException {
        Place at = Place.resource("control plane", host).field("root certificate");
        byte[] pem = CommonDecoder.file(rootCertificate.toString(), at);
        List<X509Certificate> roots = new ArrayList<>(Pem.certificates(pem, at));
        known.stream().filter(root -> !roots.contains(root)).forEach(roots::add);
        ValidationConfig validation = ValidationConfig.of(roots, names(Optional.of(host)));
        TlsContextConfig config = new TlsContextConfig(
                Optional.empty(),
                TlsContextConfig.ValidationSource.NONE,
                ALPN,
                List.of("TLSv1.2", "TLSv1.3"),
                List.of(),
                List.of());
        return new ControlPlaneTls(
                TlsEngines.client(config, own, validation, ALPN), isAddress(host) ? USUAL_NAMES.getFirst() : host);
    }

    /// What a control plane is called in its certificate.
    ///
    /// @param host as we call it, if we know one
    static List<SanMatcher> names(Optional<String> host) {
        List<SanMatcher> names = new ArrayList<>();
        host.ifPresent(one -> names.add(new SanMatcher(
                isAddress(one) ? SanMatcher.Type.IP_ADDRESS : SanMatcher.Type.DNS,
                StringMatcher.exact(one, !isAddress(one)))));
        USUAL_NAMES.forEach(name -> names.add(new SanMatcher(SanMatcher.Type.DNS, StringMatcher.exact(name, true))));
        return names;
    }

    private static boolean isAddress(String host) {
        return NetUtil.createByteArrayFromIpAddressString(host) != null;
    }

    public SslHandler handler(Channel channel) {
        return context.newHandler(channel.alloc(), serverName, 443);
    }
}
