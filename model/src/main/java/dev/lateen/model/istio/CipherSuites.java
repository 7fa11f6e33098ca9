package dev.lateen.model.istio;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The cipher suites for TLS 1.2 that BoringSSL offers. A list with any other is refused by Envoy as a whole, and with
/// it the listener. Thread: any. Source: Envoy, `TlsParameters.cipher_suites`.
public final class CipherSuites {
    public static final Set<String> KNOWN = Set.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-PSK-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES128-SHA",
            "ECDHE-RSA-AES128-SHA",
            "ECDHE-PSK-AES128-CBC-SHA",
            "ECDHE-ECDSA-AES256-SHA",
            "ECDHE-RSA-AES256-SHA",
            "ECDHE-PSK-AES256-CBC-SHA",
            "AES128-GCM-SHA256",
            "AES256-GCM-SHA384",
            "AES128-SHA",
            "AES256-SHA",
            "PSK-AES128-CBC-SHA",
            "PSK-AES256-CBC-SHA",
            "DES-CBC3-SHA",
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256");

    private CipherSuites() {}

    /// A name, names of equal preference as `[A|B]`, or what BoringSSL reads as an expression: `ALL`, `!A`, `-A`, `+A`.
    public static boolean isKnown(String name) {
        if (name.startsWith("[") && name.endsWith("]")) {
            return Arrays.stream(name.substring(1, name.length() - 1).split("\\|"))
                    .allMatch(KNOWN::contains);
        }
        return KNOWN.contains(name) || isExpression(name);
    }

    private static boolean isExpression(String name) {
        return name.equals("ALL") || (!name.isEmpty() && "!-+".indexOf(name.charAt(0)) >= 0);
    }

    /// Those that are known, each once, in their order.
    static List<String> usable(List<String> written) {
        Set<String> known = new LinkedHashSet<>(written);
        known.removeIf(name -> !isKnown(name));
        return List.copyOf(known);
    }

    /// The usable ones of a field.
    public static List<String> of(Reader in, String field) {
        return usable(in.texts(field));
    }
}
