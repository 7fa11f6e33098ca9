package dev.lateen.proxy.tls;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What certificates say, so that a peer that comes again costs no parsing. An entry stands for the very bytes of a
/// certificate and holds nothing but what follows from them: whether it is trusted, or has ended, is asked each time.
///
/// Limits: `MOST` certificates, then all are forgotten; longer ones than `LONGEST_BYTES` are not kept.
///
/// Thread: any.
final class PeerIdentities {
    static final int MOST = 128;
    private static final int LONGEST_BYTES = 4 * 1024;

    private static final Map<Key, PeerIdentity> KNOWN = new ConcurrentHashMap<>();

    private PeerIdentities() {}

    static PeerIdentity identity(X509Certificate certificate) {
        Key key;
        try {
            key = new Key(certificate.getEncoded());
        } catch (CertificateEncodingException _) {
            return new PeerIdentity(certificate);
        }
        PeerIdentity known = KNOWN.get(key);
        if (known != null) {
            return known;
        }
        PeerIdentity made = new PeerIdentity(certificate);
        if (key.bytes.length <= LONGEST_BYTES) {
            if (KNOWN.size() >= MOST) {
                KNOWN.clear();
            }
            KNOWN.put(key, made);
        }
        return made;
    }

    private static final class Key {
        private final byte[] bytes;
        private final int hash;

        Key(byte[] bytes) {
            this.bytes = bytes;
            this.hash = Arrays.hashCode(bytes);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && hash == that.hash && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
