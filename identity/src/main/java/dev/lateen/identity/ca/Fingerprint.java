package dev.lateen.identity.ca;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Names a set of certificates by their content, whatever their order.
public final class Fingerprint {
    private static final int BYTES = 16;

    private Fingerprint() {}

    public static String of(List<X509Certificate> certificates) {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            MessageDigest one = MessageDigest.getInstance("SHA-256");
            byte[][] digests = new byte[certificates.size()][];
            for (int i = 0; i < digests.length; i++) {
                digests[i] = one.digest(certificates.get(i).getEncoded());
            }
            Arrays.sort(digests, Arrays::compareUnsigned);
            for (byte[] digest : digests) {
                all.update(digest);
            }
            return HexFormat.of().formatHex(all.digest(), 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate has no encoding", e);
        }
    }
}
