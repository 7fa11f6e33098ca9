package dev.lateen.proxy.jwt;

import java.security.PublicKey;
import java.util.List;

/// Keys by which an issuer signs.
///
/// Source: RFC 7517. Thread: any (immutable).
record KeySet(List<Key> keys) {
    static final KeySet EMPTY = new KeySet(List.of());

    KeySet {
        keys = List.copyOf(keys);
    }

    /// @param id empty where it has none: then it may be meant by any token
    /// @param algorithm empty where it is for every algorithm that fits
    record Key(String id, String algorithm, PublicKey key) {
        Key {
            key = SignatureLibrary.prepared(key);
        }

        private boolean meantBy(Token token) {
            return (id.isEmpty() || token.keyId().isEmpty() || id.equals(token.keyId()))
                    && (algorithm.isEmpty()
                            || algorithm.equals(token.algorithm().name()));
        }
    }

    JwtStatus verify(Token token) {
        if (keys.isEmpty()) {
            return JwtStatus.NO_VALID_KEYS;
        }
        JwtStatus status = JwtStatus.NO_MATCHING_KEY;
        for (int index = 0; index < keys.size(); index++) {
            Key key = keys.get(index);
            if (key.meantBy(token)) {
                status = JwtStatus.VERIFICATION_FAILS;
                if (token.algorithm().verifies(key.key(), token.parts())) {
                    return JwtStatus.OK;
                }
            }
        }
        return status;
    }
}
