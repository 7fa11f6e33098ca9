package dev.lateen.model.mesh;

import dev.lateen.model.istio.Reader;
import java.util.Optional;
import java.util.OptionalInt;

/// What stands before a gateway. Source: Istio, `ProxyConfig.gatewayTopology`. Thread: any.
///
/// @param numTrustedProxies whose entries in `x-forwarded-for` are believed
/// @param forwardClientCert what becomes of `x-forwarded-client-cert`, a name of Istio's `ForwardClientCertDetails`
/// @param proxyProtocol whether connections begin with a PROXY header
public record GatewayTopology(
        OptionalInt numTrustedProxies, Optional<String> forwardClientCert, boolean proxyProtocol) {
    public static final GatewayTopology NONE = new GatewayTopology(OptionalInt.empty(), Optional.empty(), false);

    static GatewayTopology of(Reader in) {
        return new GatewayTopology(
                trusted(in),
                in.text("forwardClientCertDetails").filter(ProxyHeaders::isDefined),
                in.has("proxyProtocol"));
    }

    /// Fewer than none have no effect, which is reported.
    private static OptionalInt trusted(Reader in) {
        OptionalInt number = in.integer("numTrustedProxies");
        if (number.isPresent() && number.getAsInt() < 0) {
            in.notYet("numTrustedProxies");
            return OptionalInt.empty();
        }
        return number;
    }
}
