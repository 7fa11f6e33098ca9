package dev.lateen.identity.ca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Builds and signs X.509 certificates.
///
/// Source: RFC 5280; X.509-SVID §4 (key usage, one URI name).
final class LeafIssuer {
    /// RFC 5280 §4.1.2.2 allows 20 octets and asks for at least 64 random bits of whoever signs for others.
    private static final int SERIAL_BITS = 128;

    private final SigningKey signer;
    private final SecureRandom random;

    LeafIssuer(SigningKey signer, SecureRandom random) {
        this.signer = signer;
        this.random = random;
    }

    X509Certificate issue(PublicKey key, GeneralNames names, Instant from, Instant until) {
        try {
            X500Name issuer = X500Name.getInstance(
                    signer.certificate().getSubjectX500Principal().getEncoded());
            X509v3CertificateBuilder builder = builder(issuer, new X500Name(""), key, from, until, random);
            int usage = KeyUsage.digitalSignature | (key instanceof RSAPublicKey ? KeyUsage.keyEncipherment : 0);
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(usage))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                    }))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(signer.certificate()))
                    // Critical, since the subject is empty (RFC 5280 §4.2.1.6).
                    .addExtension(Extension.subjectAlternativeName, true, names);
            return sign(builder, signer.key());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("the certificate cannot be built", e);
        }
    }

    static X509Certificate selfSigned(
            PublicKey key, PrivateKey privateKey, String organization, Instant from, Duration lifetime) {
        try {
            // Two roots of one mesh must differ in name: there are readers that keep only one root of a name.
            String own = UUID.nameUUIDFromBytes(key.getEncoded()).toString();
            X500Name name = new X500Name("O=" + organization + ",CN=root-" + own);
            X509v3CertificateBuilder builder = builder(name, name, key, from, from.plus(lifetime), new SecureRandom());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
            return sign(builder, privateKey);
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("the root cannot be built", e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant from, Instant until, SecureRandom random) {
        BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS);
        return new X509v3CertificateBuilder(
                issuer,
                serial,
                Date.from(from),
                Date.from(until),
                subject,
                SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            String algorithm = SigningKey.algorithm(key);
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("the authority's key cannot sign", e);
        }
    }
}
