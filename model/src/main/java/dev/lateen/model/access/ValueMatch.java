package dev.lateen.model.access;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// How single values of a policy match, by Istio's reference of `AuthorizationPolicy`. Thread: any.
final class ValueMatch {
    private static final String SEGMENT = "[a-zA-Z0-9\\-._~%!$&'()+,;:@=]+";
    private static final String REST = "[a-zA-Z0-9\\-._~%!$&'()+,;:@=/]*";

    private ValueMatch() {}

    /// Exact, or with `*` at one end; `*` alone takes anything but nothing.
    static boolean text(String wanted, String actual) {
        if (wanted.equals("*")) {
            return !actual.isEmpty();
        }
        if (wanted.startsWith("*")) {
            return actual.endsWith(wanted.substring(1));
        }
        return wanted.endsWith("*")
                ? actual.startsWith(wanted.substring(0, wanted.length() - 1))
                : actual.equals(wanted);
    }

    static boolean host(String wanted, String actual) {
        return wanted.equals("*") || text(wanted.toLowerCase(Locale.ROOT), actual.toLowerCase(Locale.ROOT));
    }

    /// @param peer an identity, empty for none
    static boolean namespace(String wanted, String peer) {
        return matches(".*/ns/" + wildcards(wanted) + "/.*", peer);
    }

    static boolean trustDomain(String wanted, String peer) {
        return !peer.isEmpty() && matches(wildcards(wanted) + "/.*", peer);
    }

    /// @param wanted `name`, or `namespace/name`
    static boolean serviceAccount(String wanted, String policyNamespace, String peer) {
        int slash = wanted.indexOf('/');
        String namespace = slash < 0 ? policyNamespace : wanted.substring(0, slash);
        String name = wanted.substring(slash + 1);
        return matches(".+/ns/" + Pattern.quote(namespace) + "/(.+/|)sa/" + Pattern.quote(name) + "(/.+)?", peer);
    }

    /// @param wanted `issuer/subject`
    static boolean requestPrincipal(String wanted, Seen seen) {
        String principal = seen.requestPrincipal();
        int slash = wanted.lastIndexOf('/');
        if (principal.isEmpty() || slash < 0) {
            return !principal.isEmpty() && text(wanted, principal);
        }
        String issuer = seen.claim(List.of("iss")).getFirst();
        return text(wanted.substring(0, slash), issuer)
                && text(wanted.substring(slash + 1), principal.substring(issuer.length() + 1));
    }

    /// `{*}` is one segment, `{**}` any rest.
    static boolean path(String wanted, String path) {
        if (!wanted.contains("{*}") && !wanted.contains("{**}")) {
            return text(wanted, path);
        }
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < wanted.length()) {
            if (wanted.startsWith("{**}", at)) {
                regex.append(REST);
                at += 4;
            } else if (wanted.startsWith("{*}", at)) {
                regex.append(SEGMENT);
                at += 3;
            } else {
                regex.append(Pattern.quote(wanted.substring(at, at + 1)));
                at++;
            }
        }
        return matches(regex.toString(), path);
    }

    /// @param block address, or address and length of the prefix
    static boolean within(String block, String address) {
        if (address.isEmpty()) {
            return false;
        }
        int slash = block.indexOf('/');
        byte[] net = bytes(slash < 0 ? block : block.substring(0, slash));
        byte[] own = bytes(address);
        if (net.length != own.length || net.length == 0) {
            return false;
        }
        int bits = net.length * 8;
        int free = bits - (slash < 0 ? bits : Integer.parseInt(block.substring(slash + 1)));
        return new BigInteger(1, net).shiftRight(free).equals(new BigInteger(1, own).shiftRight(free));
    }

    /// Of a literal only: no name is looked up.
    private static byte[] bytes(String address) {
        boolean literal = address.indexOf(':') >= 0 || address.matches("[0-9.]+");
        try {
            return literal ? InetAddress.getByName(address).getAddress() : new byte[0];
        } catch (UnknownHostException _) {
            return new byte[0];
        }
    }

    private static String wildcards(String value) {
        StringBuilder regex = new StringBuilder();
        String[] parts = value.split("\\*", -1);
        for (int i = 0; i < parts.length; i++) {
            regex.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
        }
        return regex.toString();
    }

    private static boolean matches(String regex, String text) {
        return Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches();
    }
}
