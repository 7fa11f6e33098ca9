package dev.lateen.control.identity;

/// Says whose token it is. Kinds: our own join tokens; Kubernetes' service account tokens.
///
/// Thread: any; may block.
public interface TokenAuthenticator {
    TokenVerdict authenticate(String token);
}
