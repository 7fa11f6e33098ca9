package dev.lateen.e2e.mesh;

import dev.lateen.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Lists of certificates that are taken back.
final class RevocationList {
    private RevocationList() {}

    /// In PEM, good for an hour.
    static String of(X509Certificate signer, PrivateKey key, List<BigInteger> serials)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = Instant.now();
        JcaX509v2CRLBuilder list =
                new JcaX509v2CRLBuilder(signer.getSubjectX500Principal(), Date.from(now.minusSeconds(60)));
        list.setNextUpdate(Date.from(now.plusSeconds(3600)));
        for (BigInteger serial : serials) {
            list.addCRLEntry(serial, Date.from(now), CRLReason.keyCompromise);
        }
        return Pem.encode(
                "X509 CRL",
                list.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                        .getEncoded());
    }
}
