package dev.lateen.proxy.tls;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Chains that one set of rules has accepted, so that a peer that comes again costs no signature check of ours. The
/// handshake itself still proves that the peer holds the key.
///
/// Limits: `MOST` chains, then all are forgotten; longer ones than `LONGEST_BYTES` are not kept.
///
/// Thread: any.
final class VerifiedPeers {
    private static final int MOST = 1_000;
    private static final int LONGEST_BYTES = 6 * 1024;

    private final Map<Key, Instant> until = new ConcurrentHashMap<>();

    /// Whether this very chain was accepted and no certificate of it has ended since.
    boolean knows(Key key, Instant now) {
        Instant end = until.get(key);
        if (end == null) {
            return false;
        }
        if (now.isBefore(end)) {
            return true;
        }
        until.remove(key, end);
        return false;
    }

    void add(Key key, Instant end) {
        if (key.bytes() > LONGEST_BYTES) {
            return;
        }
        if (until.size() >= MOST) {
            until.clear();
        }
        until.put(key, end);
    }

    /// A chain, byte for byte, in a role.
    static final class Key {
        private final byte[][] chain;
        private final ChainVerifier.Role role;
        private final int hash;

        private Key(byte[][] chain, ChainVerifier.Role role) {
            this.chain = chain;
            this.role = role;
            this.hash = Arrays.deepHashCode(chain);
        }

        static Key of(X509Certificate[] certificates, ChainVerifier.Role role) throws CertificateEncodingException {
            byte[][] chain = new byte[certificates.length][];
            for (int index = 0; index < chain.length; index++) {
                chain[index] = certificates[index].getEncoded();
            }
            return new Key(chain, role);
        }

        private int bytes() {
            int sum = 0;
            for (byte[] link : chain) {
                sum += link.length;
            }
            return sum;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && role == that.role && Arrays.deepEquals(chain, that.chain);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
