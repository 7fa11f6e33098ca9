package dev.lateen.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a request for a certificate may hold, whoever sends it.
class RequestCheckTest {
    private static final SpiffeId ID = new SpiffeId("cluster.local", "shop", "user");
    private static final GeneralName OWN = new GeneralName(GeneralName.uniformResourceIdentifier, ID.uri());

    @Test
    void acceptsTheOwnName() throws Exception {
        assertThat(RequestCheck.check(request(WorkloadKeys.EC_P256.generate(), OWN), ID))
                .isInstanceOf(RequestCheck.Accepted.class);
    }

    /// Kinds of names by their tags in RFC 5280 §4.2.1.6.
    @ParameterizedTest
    @CsvSource({
        "2, bank.shop.svc.cluster.local",
        "7, 10.0.0.1",
        "1, root@shop.example",
        "6, spiffe://cluster.local/ns/shop/sa/bank",
        "6, spiffe://two.example/ns/shop/sa/user",
        "6, spiffe://cluster.local/ns/shop/sa/user/",
        "6, SPIFFE://cluster.local/ns/shop/sa/user"
    })
    void refusesAFurtherNameBesideTheOwn(int kind, String name) throws Exception {
        String csr = request(WorkloadKeys.EC_P256.generate(), OWN, new GeneralName(kind, name));

        assertThat(reason(csr)).startsWith("CSR: it asks for the name ").contains(ID.toString());
    }

    @Test
    void refusesAKeyThatTakesLongToUse() throws Exception {
        BigInteger modulus = BigInteger.ONE.shiftLeft(8192).setBit(0);
        PublicKey huge =
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
        KeyPair keys = new KeyPair(huge, WorkloadKeys.EC_P256.generate().getPrivate());

        assertThat(reason(request(keys, OWN))).isEqualTo("CSR: RSA key of 8193 bits (expected: 2048 to 8192)");
    }

    @Test
    void refusesOtherKindsOfKeys() throws Exception {
        KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

        assertThat(reason(request(edwards, OWN))).isEqualTo("CSR: key of kind EdDSA (expected: EC or RSA)");
    }

    @Test
    void refusesMoreTextThanARequestHas() {
        String csr =
                CertificateRequest.create(WorkloadKeys.EC_P256.generate(), ID).pem();

        assertThat(reason(csr + " ".repeat(16 * 1024))).matches("CSR: [0-9]+ characters \\(expected: <= 16384\\)");
    }

    @Test
    void refusesTwoRequestsInOne() {
        String csr =
                CertificateRequest.create(WorkloadKeys.EC_P256.generate(), ID).pem();

        assertThat(reason(csr + csr)).isEqualTo("CSR: expected exactly one PEM block CERTIFICATE REQUEST");
    }

    private static String reason(String csr) {
        return switch (RequestCheck.check(csr, ID)) {
            case RequestCheck.Rejected(var reason) -> reason;
            case RequestCheck.Accepted _ -> "accepted";
        };
    }

    private static String request(KeyPair keys, GeneralName... names)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        String algorithm = switch (keys.getPrivate().getAlgorithm()) {
            case "EdDSA" -> "Ed25519";
            default -> "SHA256withECDSA";
        };
        byte[] der = new JcaPKCS10CertificationRequestBuilder(new X500Name(""), keys.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()))
                .getEncoded();
        return Pem.encode(Pem.CERTIFICATE_REQUEST, der);
    }
}
