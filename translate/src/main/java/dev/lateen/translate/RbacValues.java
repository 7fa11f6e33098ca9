package dev.lateen.translate;

import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ListMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.OrMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.List;

/// How values in authorization rules match: exactly, or by a `*` at one end; `*` alone asks only that there is a value.
final class RbacValues {
    private static final String JWT = "envoy.filters.http.jwt_authn";
    private static final String SPIFFE = "spiffe://";
    private static final String SPECIAL = "\\.+*?()|[]{}^$";

    private RbacValues() {}

    static StringMatcher text(String value) {
        return text(value, "");
    }

    /// @param scheme comes before what the value says
    static StringMatcher text(String value, String scheme) {
        StringMatcher.Builder matcher = StringMatcher.newBuilder();
        if (value.equals("*")) {
            return matcher.setSafeRegex(RouteMatches.regex(".+")).build();
        }
        if (value.startsWith("*")) {
            String suffix = value.substring(1);
            return scheme.isEmpty()
                    ? matcher.setSuffix(suffix).build()
                    : matcher.setSafeRegex(RouteMatches.regex(scheme + ".*" + quote(suffix)))
                            .build();
        }
        if (value.endsWith("*")) {
            return matcher.setPrefix(scheme + value.substring(0, value.length() - 1))
                    .build();
        }
        return matcher.setExact(scheme + value).build();
    }

    static HeaderMatcher header(String name, String value) {
        HeaderMatcher.Builder header = HeaderMatcher.newBuilder().setName(name);
        if (value.equals("*")) {
            return header.setPresentMatch(true).build();
        }
        StringMatcher.Builder text = text(value).toBuilder();
        if (name.equals(":authority")) {
            text.setIgnoreCase(true);
        }
        return header.setStringMatch(text).build();
    }

    static Principal principal(String value) {
        return authenticated(text(value, SPIFFE));
    }

    static Principal namespace(String value) {
        return authenticated(StringMatcher.newBuilder()
                .setSafeRegex(RouteMatches.regex(".*/ns/" + wildcard(value) + "/.*"))
                .build());
    }

    /// A service account, as `name` of the policy's namespace or as `namespace/name`.
    static Principal serviceAccount(String value, String policyNamespace) {
        int slash = value.indexOf('/');
        String namespace = slash < 0 ? policyNamespace : value.substring(0, slash);
        String name = slash < 0 ? value : value.substring(slash + 1);
        return authenticated(StringMatcher.newBuilder()
                .setSafeRegex(RouteMatches.regex(".*/ns/" + quote(namespace) + "/sa/" + wildcard(name) + "$"))
                .build());
    }

    static Principal trustDomain(String value) {
        return authenticated(StringMatcher.newBuilder()
                .setSafeRegex(RouteMatches.regex(SPIFFE + wildcard(value) + "/.*"))
                .build());
    }

    private static Principal authenticated(StringMatcher name) {
        return Principal.newBuilder()
                .setAuthenticated(Principal.Authenticated.newBuilder().setPrincipalName(name))
                .build();
    }

    private static String wildcard(String value) {
        StringBuilder regex = new StringBuilder();
        for (String part : value.split("\\*", -1)) {
            regex.append(quote(part)).append(".*");
        }
        return regex.substring(0, regex.length() - ".*".length());
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (SPECIAL.indexOf(c) >= 0) {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        return quoted.toString();
    }

    /// Issuer and subject of a token, as `issuer/subject`.
    static Principal requestPrincipal(String value) {
        String issuer = "*";
        String subject = "*";
        int slash = value.lastIndexOf('/');
        if (!value.equals("*")) {
            if (slash >= 0) {
                issuer = value.substring(0, slash);
                subject = value.substring(slash + 1);
            } else if (value.startsWith("*")) {
                subject = value;
            } else if (value.endsWith("*")) {
                issuer = value;
            } else {
                issuer = value;
                subject = "";
            }
        }
        return Principal.newBuilder()
                .setAndIds(Principal.Set.newBuilder()
                        .addIds(metadata(List.of("payload", "iss"), text(issuer)))
                        .addIds(metadata(List.of("payload", "sub"), text(subject))))
                .build();
    }

    private static Principal metadata(List<String> path, StringMatcher value) {
        return metadata(path, ValueMatcher.newBuilder().setStringMatch(value).build());
    }

    @SuppressWarnings("deprecation")
    private static Principal metadata(List<String> path, ValueMatcher value) {
        MetadataMatcher.Builder matcher =
                MetadataMatcher.newBuilder().setFilter(JWT).setValue(value);
        path.forEach(
                key -> matcher.addPath(MetadataMatcher.PathSegment.newBuilder().setKey(key)));
        return Principal.newBuilder().setMetadata(matcher).build();
    }

    /// A claim that is the value, or a list that holds it.
    static Principal claim(List<String> path, String value) {
        ValueMatcher one = ValueMatcher.newBuilder().setStringMatch(text(value)).build();
        return metadata(
                path,
                ValueMatcher.newBuilder()
                        .setOrMatch(OrMatcher.newBuilder()
                                .addValueMatchers(one)
                                .addValueMatchers(ValueMatcher.newBuilder()
                                        .setListMatch(ListMatcher.newBuilder().setOneOf(one))))
                        .build());
    }
}
