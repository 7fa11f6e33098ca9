package dev.lateen.translate;

import dev.lateen.translate.policy.RegexText;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.ListMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.OrMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;

/// How values in authorization rules match: exactly, or by a `*` at one end; `*` alone asks only that there is a value.
final class RbacValues {
    private static final String JWT = "envoy.filters.http.jwt_authn";
    private static final String SPIFFE = "spiffe://";

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
                    : matcher.setSafeRegex(RouteMatches.regex(scheme + ".*" + RegexText.quote(suffix)))
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
        // An identity may carry more pairs of key and value, between these two and after them.
        return authenticated(StringMatcher.newBuilder()
                .setSafeRegex(RouteMatches.regex(SPIFFE + ".+/ns/" + RegexText.quote(namespace) + "/(.+/|)sa/"
                        + RegexText.quote(name) + "(/.+)?"))
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
            regex.append(RegexText.quote(part)).append(".*");
        }
        return regex.substring(0, regex.length() - ".*".length());
    }

    /// Issuer and subject of a token, as `issuer/subject`.
    static Principal requestPrincipals(List<String> values) {
        return values.size() == 1
                ? requestPrincipal(values.getFirst())
                : RbacRules.anyId(values, RbacValues::requestPrincipal);
    }

    private static Principal requestPrincipal(String value) {
        String issuer = "*";
        String subject = "*";
        int slash = value.lastIndexOf('/');
        if (!value.equals("*")) {
            if (slash >= 0) {
                issuer = value.substring(0, slash);
                subject = value.substring(slash + 1);
            } else if (value.startsWith("*")) {
                subject = value;
            } else {
                issuer = value;
                subject = value.endsWith("*") ? "*" : "";
            }
        }
        return Principal.newBuilder()
                .setAndIds(Principal.Set.newBuilder()
                        .addIds(metadata(List.of("payload", "iss"), string(issuer)))
                        .addIds(metadata(List.of("payload", "sub"), string(subject))))
                .build();
    }

    static Principal headerOf(String name, String value) {
        return Principal.newBuilder().setHeader(header(name, value)).build();
    }

    private static ValueMatcher string(String value) {
        return ValueMatcher.newBuilder().setStringMatch(text(value)).build();
    }

    private static ValueMatcher oneOf(List<ValueMatcher> matchers) {
        return matchers.size() == 1
                ? matchers.getFirst()
                : ValueMatcher.newBuilder()
                        .setOrMatch(OrMatcher.newBuilder().addAllValueMatchers(matchers))
                        .build();
    }

    private static ValueMatcher listWith(ValueMatcher one) {
        return ValueMatcher.newBuilder()
                .setListMatch(ListMatcher.newBuilder().setOneOf(one))
                .build();
    }

    private static MetadataMatcher matcher(String filter, List<String> path, ValueMatcher value) {
        MetadataMatcher.Builder matcher =
                MetadataMatcher.newBuilder().setFilter(filter).setValue(value);
        path.forEach(
                key -> matcher.addPath(MetadataMatcher.PathSegment.newBuilder().setKey(key)));
        return matcher.build();
    }

    @SuppressWarnings("deprecation") // its successor is not what Istio sends
    private static Principal metadata(List<String> path, ValueMatcher value) {
        return Principal.newBuilder().setMetadata(ofToken(path, value)).build();
    }

    /// A claim that is one of the values, or a list that holds one.
    ///
    /// @param path of the claim within the token
    static Principal claim(List<String> path, List<String> values) {
        ValueMatcher one = oneOf(values.stream().map(RbacValues::string).toList());
        List<String> whole = new ArrayList<>(List.of("payload"));
        whole.addAll(path);
        return metadata(whole, itselfOrItem(one));
    }

    /// A value that matches, or a list that holds one.
    static ValueMatcher itselfOrItem(ValueMatcher one) {
        return ValueMatcher.newBuilder()
                .setOrMatch(
                        OrMatcher.newBuilder().addValueMatchers(listWith(one)).addValueMatchers(one))
                .build();
    }

    /// @param path into what the filter for tokens has noted
    static MetadataMatcher ofToken(List<String> path, ValueMatcher value) {
        return matcher(JWT, path, value);
    }

    /// The words in brackets, such as `a` and `b` of `claims[a][b]`; before them, if `from` is 0, what they follow.
    static List<String> path(String key, int from) {
        List<String> path = new ArrayList<>();
        int open = key.indexOf('[');
        if (open < 0) {
            return List.of(key);
        }
        if (from == 0) {
            path.add(key.substring(0, open));
        }
        path.addAll(List.of(key.substring(open + 1, key.length() - 1).split("]\\[", -1)));
        return path;
    }

    /// What another filter has noted: text, or with a value in brackets a list that holds it.
    ///
    /// @param path filter and key
    @SuppressWarnings("deprecation") // its successor is not what Istio sends
    static Permission filterMetadata(List<String> path, List<String> values) {
        List<ValueMatcher> matchers = new ArrayList<>();
        for (String value : values) {
            boolean list = value.startsWith("[") && value.endsWith("]");
            matchers.add(list ? listWith(string(value.substring(1, value.length() - 1))) : string(value));
        }
        return Permission.newBuilder()
                .setMetadata(matcher(path.getFirst(), path.subList(1, path.size()), oneOf(matchers)))
                .build();
    }

    /// The path without its query. Templates hold `{*}` for one segment and `{**}` for any number.
    static Permission path(String value) {
        if (!value.contains("{*}") && !value.contains("{**}")) {
            return Permission.newBuilder()
                    .setUrlPath(PathMatcher.newBuilder().setPath(text(value)))
                    .build();
        }
        String template = value.replace("{**}", "**").replace("{*}", "*");
        return Permission.newBuilder()
                .setUriTemplate(TypedExtensionConfig.newBuilder()
                        .setName("uri-template")
                        .setTypedConfig(Protos.any(UriTemplateMatchConfig.newBuilder()
                                .setPathTemplate(template)
                                .build())))
                .build();
    }
}
