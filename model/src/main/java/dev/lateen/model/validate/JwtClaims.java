package dev.lateen.model.validate;

/// Header names that stand for a claim of the request's token. Thread: any.
final class JwtClaims {
    static final String PREFIX = "@request.auth.claims";

    private JwtClaims() {}

    static boolean isClaim(String name) {
        boolean dotted = name.startsWith(PREFIX + ".") && name.length() > PREFIX.length() + 1;
        boolean bracketed = name.startsWith(PREFIX + "[") && name.endsWith("]") && name.length() > PREFIX.length() + 2;
        return dotted || bracketed;
    }
}
