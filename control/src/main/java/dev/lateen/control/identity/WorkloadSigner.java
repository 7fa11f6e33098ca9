package dev.lateen.control.identity;

import dev.lateen.identity.Pem;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.SigningResult;
import dev.lateen.xds.server.CertificateService.Answer;
import dev.lateen.xds.server.CertificateService.Signer;
import dev.lateen.xds.server.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Answers certificate requests: the identity is what the caller proved, never what the request says.
///
/// Thread: any; may block.
public final class WorkloadSigner implements Signer {
    private final Callers callers;
    private final CertificateAuthority authority;
    private final Consumer<String> outcomes;

    /// @param outcomes hears `success`, `authn_failure` or `csr_failure` for each request
    public WorkloadSigner(Callers callers, CertificateAuthority authority, Consumer<String> outcomes) {
        this.callers = callers;
        this.authority = authority;
        this.outcomes = outcomes;
    }

    @Override
    public Answer sign(Peer peer, String csrPem, Duration lifetime, String pod) {
        return switch (callers.authenticate(peer)) {
            case TokenVerdict.Unknown(var reason) -> {
                outcomes.accept("authn_failure");
                yield new Answer.Unauthenticated(reason);
            }
            case TokenVerdict.Known(var id) ->
                switch (authority.sign(csrPem, id, lifetime, holder(peer, pod))) {
                    case SigningResult.Signed(var chain, var roots) -> {
                        outcomes.accept("success");
                        List<String> texts = new ArrayList<>();
                        chain.subList(0, chain.size() - 1).forEach(link -> texts.add(Pem.encode(link)));
                        texts.add(Pem.encode(roots));
                        yield new Answer.Signed(texts);
                    }
                    case SigningResult.Refused(var reason) -> {
                        outcomes.accept("csr_failure");
                        yield new Answer.Invalid(reason);
                    }
                };
        };
    }

    /// The address without the port, which is another for each connection. Pods may share an address.
    private static String holder(Peer peer, String pod) {
        int port = peer.address().lastIndexOf(':');
        String host = port < 0 ? peer.address() : peer.address().substring(0, port);
        return pod.isEmpty() ? host : pod + host;
    }
}
