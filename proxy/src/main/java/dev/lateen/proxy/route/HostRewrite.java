package dev.lateen.proxy.route;

import com.google.re2j.Pattern;

/// What the authority of a forwarded request becomes.
///
/// Thread: any (immutable).
public sealed interface HostRewrite {
    HostRewrite NONE = new Unchanged();

    record Unchanged() implements HostRewrite {}

    record Literal(String host) implements HostRewrite {}

    /// The host name of the endpoint that is picked.
    record Endpoint() implements HostRewrite {}

    /// @param name of the header that holds it; lower case
    record FromHeader(String name) implements HostRewrite {}

    /// The path, changed by an expression.
    record FromPath(Pattern pattern, String substitution) implements HostRewrite {}
}
