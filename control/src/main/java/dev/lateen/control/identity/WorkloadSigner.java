package dev.lateen.control.identity;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
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
    private final Issuer issuer;
    private final Consumer<String> outcomes;

    /// Signs, or has another sign: `CertificateAuthority.sign`, `RegistrationAuthority.sign`.
    public interface Issuer {
        SigningResult sign(String csrPem, SpiffeId id, Duration lifetime, String holder);
    }

    /// @param outcomes hears `success`, `authn_failure`, `csr_failure` or `sign_failure` for each request
    public WorkloadSigner(Callers callers, Issuer issuer, Consumer<String> outcomes) {
        this.callers = callers;
        this.issuer = issuer;
        this.outcomes = outcomes;
    }

    @Override
    public Answer sign(Peer peer, String csrPem, Duration lifetime, String pod) {
        return switch (callers.authenticate(peer)) {
            case TokenVerdict.Unknown(var reason) -> {
                outcomes.accept("authn_failure");
                yield new Answer.Unauthenticated(reason);
            }
            case TokenVerdict.Known(var _, var bound)
            when !bound.isEmpty() && !bound.equals(pod) -> {
                outcomes.accept("authn_failure");
                yield new Answer.Unauthenticated(
                        "token: bound to pod " + bound + ", and the caller is " + (pod.isEmpty() ? "nameless" : pod));
            }
            case TokenVerdict.Known(var id, var _) ->
                switch (issuer.sign(csrPem, id, lifetime, holder(peer, pod))) {
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
                    case SigningResult.Failed(var reason) -> {
                        outcomes.accept("sign_failure");
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
