package dev.lateen.proxy.tls;

import dev.lateen.proxy.config.StringMatcher;

/// A wanted subject alternative name of the peer's certificate.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.
public record SanMatcher(Type type, StringMatcher matcher) {
    /// With the tags of RFC 5280 GeneralName; ANY is the untyped form, which looks at DNS, URI, e-mail and IP names.
    public enum Type {
        ANY(-1),
        EMAIL(1),
        DNS(2),
        URI(6),
        IP_ADDRESS(7);

        private final int tag;

        Type(int tag) {
            this.tag = tag;
        }

        boolean covers(int generalNameTag) {
            return this == ANY
                    ? generalNameTag == 1 || generalNameTag == 2 || generalNameTag >= 6
                    : tag == generalNameTag;
        }
    }

    /// @param generalNameTag as in `X509Certificate.getSubjectAlternativeNames`
    public boolean matches(int generalNameTag, String value) {
        if (!type.covers(generalNameTag)) {
            return false;
        }
        if (generalNameTag == Type.DNS.tag && matcher instanceof StringMatcher.Exact exact) {
            return dnsNameMatches(value, exact.value());
        }
        return matcher.matches(value);
    }

    /// A wildcard certificate `*.a.com` covers one label, as RFC 6125 has it.
    private static boolean dnsNameMatches(String name, String wanted) {
        if (name.startsWith("*.")) {
            int dot = wanted.indexOf('.');
            return dot > 0 && wanted.substring(dot).equalsIgnoreCase(name.substring(1));
        }
        return name.equalsIgnoreCase(wanted);
    }
}
