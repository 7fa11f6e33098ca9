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
    RSA_3072,
    RSA_4096;

    /// As Istio's agent is told, an empty text where it is not. Differs: Istio makes RSA keys unless told otherwise.
    ///
    /// @param algorithm `ECC_SIGNATURE_ALGORITHM`: `ECDSA`
    /// @param curve `ECC_CURVE`: `P256` or `P384`
    /// @param rsaBits `WORKLOAD_RSA_KEY_SIZE`, which counts where no algorithm is named
    /// @return empty where one of them means nothing
    public static Optional<WorkloadKeys> ofIstio(String algorithm, String curve, String rsaBits) {
        if (!algorithm.isEmpty() && !algorithm.equals("ECDSA")) {
            return Optional.empty();
        }
        if (algorithm.isEmpty() && !rsaBits.isEmpty()) {
            return switch (rsaBits) {
                case "2048", "3072", "4096" -> named(rsaBits);
                default -> Optional.empty();
            };
        }
        return switch (curve) {
            case "", "P256" -> Optional.of(EC_P256);
            case "P384" -> Optional.of(EC_P384);
            default -> Optional.empty();
        };
    }

    /// By a short name: a curve, or the size of an RSA key.
    public static Optional<WorkloadKeys> named(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "P256", "ECDSA", "EC_P256" -> Optional.of(EC_P256);
            case "P384", "EC_P384" -> Optional.of(EC_P384);
            case "2048", "RSA", "RSA_2048" -> Optional.of(RSA_2048);
            case "3072", "RSA_3072" -> Optional.of(RSA_3072);
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
                case RSA_3072 -> rsa(3072);
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
