package dev.lateen.model.policy;

import dev.lateen.model.istio.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Function;

/// By what requests are told apart. Requests without the value count together.
public sealed interface Key {
    /// The caller, as its certificate proves it.
    enum Identity implements Key {
        CALLER
    }

    /// @param name in lower case
    record Header(String name) implements Key {}

    /// @param path of the claim within the token
    record JwtClaim(List<String> path) implements Key {}

    /// The first template that the path matches; a request that matches none is not counted.
    record PathTemplates(List<String> templates) implements Key {}

    /// @param ipv4Bits bits of the address that count; empty for all
    record ClientIp(OptionalInt ipv4Bits, OptionalInt ipv6Bits) implements Key {}

    record Constant(String value) implements Key {}

    static Key of(Reader in) {
        List<Key> found = new ArrayList<>(1);
        in.object("identity", Function.identity()).ifPresent(_ -> found.add(Identity.CALLER));
        in.text("header").ifPresent(name -> found.add(new Header(name.toLowerCase(Locale.ROOT))));
        in.text("jwtClaim").ifPresent(claim -> found.add(new JwtClaim(claimPath(claim))));
        in.object("pathTemplates", paths -> new PathTemplates(paths.texts("templates")))
                .ifPresent(found::add);
        in.object("clientIp", ip -> new ClientIp(bits(ip, "ipv4PrefixLength"), bits(ip, "ipv6PrefixLength")))
                .ifPresent(found::add);
        in.text("constant").ifPresent(value -> found.add(new Constant(value)));
        return found.isEmpty() ? new Constant("") : found.getFirst();
    }

    /// `sub` is one name; `[realm][tenant]` is a path.
    static List<String> claimPath(String claim) {
        if (claim.startsWith("[") && claim.endsWith("]")) {
            return List.of(claim.substring(1, claim.length() - 1).split("]\\[", -1));
        }
        return List.of(claim);
    }

    private static OptionalInt bits(Reader in, String name) {
        OptionalInt set = in.integer(name);
        return set.isPresent() && set.getAsInt() > 0 ? set : OptionalInt.empty();
    }
}
