package dev.lateen.identity.ca;

import dev.lateen.identity.Pem;
import dev.lateen.identity.RevocationLists;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The lists of revoked certificates beside a plugged-in authority: `ca-crl.pem`, as in Istio's `cacerts` secret. Where
/// there is one, whoever verifies wants a list of every authority of a chain, so each must be there.
///
/// Limits: those of `RevocationLists`. Source: RFC 5280 §5. Thread: any.
public final class RevocationFile {
    static final String NAME = "ca-crl.pem";
    private static final String LABEL = "X509 CRL";

    private RevocationFile() {}

    /// @param directory of the authority
    /// @return the text, once every list in it has been checked; empty where there is none
    ///
    /// Errors: `IOException` that says what is wrong with which list: whoever gives it out would refuse everybody.
    public static String read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return "";
        }
        String text = RevocationLists.read(file);
        try {
            check(file, parse(text), signers(directory));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        return text;
    }

    /// The lists of such a text.
    public static List<X509CRL> parse(String text) throws GeneralSecurityException {
        List<X509CRL> lists = new ArrayList<>();
        for (Pem.Block block : Pem.decode(text)) {
            if (block.label().equals(LABEL)) {
                lists.add((X509CRL)
                        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(block.der())));
            }
        }
        return lists;
    }

    private static Set<X509Certificate> signers(Path directory) throws IOException {
        Set<X509Certificate> signers =
                new LinkedHashSet<>(Pem.certificates(Files.readString(directory.resolve(AuthorityFiles.CERTIFICATE))));
        for (String name : List.of(AuthorityFiles.CHAIN, AuthorityFiles.ROOTS)) {
            if (Files.exists(directory.resolve(name))) {
                signers.addAll(Pem.certificates(Files.readString(directory.resolve(name))));
            }
        }
        return signers;
    }

    private static void check(Path file, List<X509CRL> lists, Set<X509Certificate> signers) throws IOException {
        for (X509CRL list : lists) {
            if (signers.stream().noneMatch(signer -> isBy(list, signer))) {
                throw new IOException(file + ": a list of " + list.getIssuerX500Principal()
                        + " that no authority beside it has signed");
            }
        }
        for (X509Certificate signer : signers) {
            if (lists.stream().noneMatch(list -> isBy(list, signer))) {
                throw new IOException(file + ": no list of " + signer.getSubjectX500Principal()
                        + " (expected: one of each authority, or no certificate would be accepted)");
            }
        }
    }

    private static boolean isBy(X509CRL list, X509Certificate signer) {
        if (!list.getIssuerX500Principal().equals(signer.getSubjectX500Principal())) {
            return false;
        }
        try {
            list.verify(signer.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
