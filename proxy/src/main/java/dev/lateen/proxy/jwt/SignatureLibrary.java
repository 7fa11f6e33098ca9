package dev.lateen.proxy.jwt;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.RuntimeCryptoException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import org.jspecify.annotations.Nullable;

/// Who checks signatures: AWS-LC, a sibling of the TLS library's BoringSSL, where it can be loaded, otherwise the JDK.
/// Compiled by C1 alone, as sidecars are, the JDK takes 240 µs for a signature of RSA with 2048 bits and 2 ms for
/// one on P-256, the native library 18 µs and 55 µs. It is loaded with the first key, on the thread that reads it.
///
/// Thread: any.
final class SignatureLibrary {
    private static final @Nullable Provider NATIVE = load();

    private SignatureLibrary() {}

    /// It is not among the JVM's providers: nothing else in the process changes.
    private static @Nullable Provider load() {
        AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
        Throwable why = provider.getLoadingError();
        if (why != null) {
            System.getLogger(SignatureLibrary.class.getName())
                    .log(System.Logger.Level.WARNING, "tokens are checked by the JDK, which is slow: " + why);
            return null;
        }
        return provider;
    }

    /// Whether the native library is there.
    static boolean isNative() {
        return NATIVE != null;
    }

    /// The same key in the form that the library works with, so that a check need not convert it.
    static PublicKey prepared(PublicKey key) {
        if (NATIVE == null) {
            return key;
        }
        try {
            Key translated = KeyFactory.getInstance(key.getAlgorithm(), NATIVE).translateKey(key);
            return translated instanceof PublicKey made ? made : key;
        } catch (GeneralSecurityException | RuntimeCryptoException _) {
            return key; // of a kind that only the JDK knows, or broken: then it verifies nothing
        }
    }

    /// @param name as Java calls the algorithm
    static Signature verifier(String name) throws NoSuchAlgorithmException {
        if (NATIVE != null) {
            Provider.Service service = NATIVE.getService("Signature", name);
            if (service != null) {
                return Signature.getInstance(name, NATIVE);
            }
        }
        return Signature.getInstance(name);
    }
}
