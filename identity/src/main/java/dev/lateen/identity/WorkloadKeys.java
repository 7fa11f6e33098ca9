package dev.lateen.identity;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Locale;
import java.util.Optional;

/// The kinds of key that a workload may prove itself with. P-256 is the default: the cheapest to make and to verify.
///
/// Thread: any.
public enum WorkloadKeys {
    EC_P256,
    EC_P384,
    RSA_2048,
    RSA_4096;

    /// By Istio's names: `ECC_SIGNATURE_ALGORITHM=ECDSA` with curve `P256` or `P384`, otherwise an RSA size.
    public static Optional<WorkloadKeys> named(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "P256", "ECDSA", "EC_P256" -> Optional.of(EC_P256);
            case "P384", "EC_P384" -> Optional.of(EC_P384);
            case "2048", "RSA", "RSA_2048" -> Optional.of(RSA_2048);
            case "4096", "RSA_4096" -> Optional.of(RSA_4096);
            default -> Optional.empty();
        };
    }

    public KeyPair generate() {
        try {
            return switch (this) {
                case EC_P256 -> elliptic("secp256r1");
                case EC_P384 -> elliptic("secp384r1");
                case RSA_2048 -> rsa(2048);
                case RSA_4096 -> rsa(4096);
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK makes EC and RSA keys", e);
        }
    }

    private static KeyPair elliptic(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static KeyPair rsa(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }
}
