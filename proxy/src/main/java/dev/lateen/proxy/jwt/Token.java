package dev.lateen.proxy.jwt;

import java.util.List;
import java.util.Map;

/// A token that could be read; whether it is good is another question.
///
/// Thread: any (immutable).
///
/// @param keyId empty where it names none
/// @param expires seconds since 1970; 0 means never
/// @param notBefore seconds since 1970; 0 means always
/// @param issued seconds since 1970; 0 where it does not say
/// @param encodedPayload as it stands in the token
record Token(
        Algorithm algorithm,
        String keyId,
        String issuer,
        String subject,
        List<String> audiences,
        long expires,
        long notBefore,
        long issued,
        String encodedPayload,
        Parts parts) {
    /// @param header of the token as plain Java
    /// @param payload its claims as plain Java
    /// @param signed the text that the signature is about
    /// @param signature in base64url
    record Parts(Map<String, Object> header, Map<String, Object> payload, String signed, String signature) {}

    Map<String, Object> payload() {
        return parts.payload();
    }

    /// Tokens are secrets: they do not get into logs by accident.
    @Override
    public String toString() {
        return "Token[of " + issuer + "]";
    }
}
