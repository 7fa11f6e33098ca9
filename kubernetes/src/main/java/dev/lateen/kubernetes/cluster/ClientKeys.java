package dev.lateen.kubernetes.cluster;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/// Tells the client of what kind a kubeconfig's key is: it takes any that does not say so for RSA. Thread: any.
final class ClientKeys {
    private static final List<String> KINDS = List.of("RSA", "EC", "Ed25519");

    private ClientKeys() {}

    static void tell(Config config) throws IOException {
        String pem = pem(config);
        if (pem.contains("BEGIN EC PRIVATE KEY")) {
            config.setClientKeyAlgo("EC");
        } else if (pem.contains("BEGIN PRIVATE KEY")) {
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            KINDS.stream().filter(kind -> isOf(kind, der)).findFirst().ifPresent(config::setClientKeyAlgo);
        }
    }

    private static String pem(Config config) throws IOException {
        if (config.getClientKeyData() != null) {
            return new String(Base64.getMimeDecoder().decode(config.getClientKeyData()), StandardCharsets.US_ASCII);
        }
        return config.getClientKeyFile() == null ? "" : Files.readString(Path.of(config.getClientKeyFile()));
    }

    private static boolean isOf(String kind, byte[] der) {
        try {
            KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
