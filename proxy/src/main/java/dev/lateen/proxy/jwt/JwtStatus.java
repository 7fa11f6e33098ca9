package dev.lateen.proxy.jwt;

/// What came of looking at a token, with the words that clients get.
///
/// Source: Envoy's JWT verification library, whose texts these are.
public enum JwtStatus {
    OK("OK"),
    MISSING("Jwt is missing"),
    NOT_YET_VALID("Jwt not yet valid"),
    EXPIRED("Jwt is expired"),
    BAD_FORMAT("Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"),
    HEADER_NO_BASE64("Jwt header is an invalid Base64url encoded"),
    HEADER_NO_JSON("Jwt header is an invalid JSON"),
    HEADER_NO_ALGORITHM("Jwt header [alg] field is required and must be a string"),
    HEADER_UNKNOWN_ALGORITHM("Jwt header [alg] is not supported"),
    HEADER_BAD_KEY_ID("Jwt header [kid] field is not a string"),
    HEADER_CRITICAL("Jwt header [crit] is not supported"),
    PAYLOAD_NO_BASE64("Jwt payload is an invalid Base64url encoded"),
    PAYLOAD_NO_JSON("Jwt payload is an invalid JSON"),
    ISSUER_NO_TEXT("Jwt payload [iss] field is not a string"),
    SUBJECT_NO_TEXT("Jwt payload [sub] field is not a string"),
    ISSUED_NO_INTEGER("Jwt payload [iat] field is not an integer"),
    ISSUED_OUT_OF_RANGE("Jwt payload [iat] field is not a positive 64 bit integer"),
    NOT_BEFORE_NO_INTEGER("Jwt payload [nbf] field is not an integer"),
    NOT_BEFORE_OUT_OF_RANGE("Jwt payload [nbf] field is not a positive 64 bit integer"),
    EXPIRY_NO_INTEGER("Jwt payload [exp] field is not an integer"),
    EXPIRY_OUT_OF_RANGE("Jwt payload [exp] field is not a positive 64 bit integer"),
    ID_NO_TEXT("Jwt payload [jti] field is not a string"),
    AUDIENCE_NO_TEXT("Jwt payload [aud] field is not a string or string list"),
    SIGNATURE_NO_BASE64("Jwt signature is an invalid Base64url encoded"),
    UNKNOWN_ISSUER("Jwt issuer is not configured"),
    AUDIENCE_NOT_ALLOWED("Audiences in Jwt are not allowed"),
    VERIFICATION_FAILS("Jwt verification fails"),
    NO_VALID_KEYS("Jwks doesn't have any valid public key"),
    NO_MATCHING_KEY("Jwks doesn't have key to match kid or alg from Jwt"),
    KEYS_NOT_FETCHED("Jwks remote fetch is failed");

    private final String text;
    private final String details;

    JwtStatus(String text) {
        this.text = text;
        this.details = "jwt_authn_access_denied{" + text.replace(' ', '_') + "}";
    }

    public String text() {
        return text;
    }

    /// For the access log.
    public String details() {
        return details;
    }

    /// 403 where the token is good but for somebody else.
    public int httpStatus() {
        return this == AUDIENCE_NOT_ALLOWED ? 403 : 401;
    }
}
