package dev.lateen.control.identity;

import dev.lateen.identity.Pem;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.SigningResult;
import dev.lateen.xds.server.CertificateService.Answer;
import dev.lateen.xds.server.CertificateService.Signer;
import dev.lateen.xds.server.Peer;
import java.time.Duration;
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
    public Answer sign(Peer peer, String csrPem, Duration lifetime) {
        return switch (callers.authenticate(peer)) {
            case TokenVerdict.Unknown(var reason) -> {
                outcomes.accept("authn_failure");
                yield new Answer.Unauthenticated(reason);
            }
            case TokenVerdict.Known(var id) ->
                switch (authority.sign(csrPem, id, lifetime)) {
                    case SigningResult.Signed(var chain) -> {
                        outcomes.accept("success");
                        yield new Answer.Signed(chain.stream().map(Pem::encode).toList());
                    }
                    case SigningResult.Refused(var reason) -> {
                        outcomes.accept("csr_failure");
                        yield new Answer.Invalid(reason);
                    }
                };
        };
    }
}
