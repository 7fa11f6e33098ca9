package dev.lateen.model.policy;

import dev.lateen.model.istio.Reader;
import dev.lateen.model.istio.StringMatch;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Requests that a rule is about. Every part that is not empty must match; of a list, one value.
///
/// @param paths exact, with `*` at one end, or as templates
/// @param headers by name in lower case
/// @param routes names of a virtual service's routes, which only gateways know
public record RequestMatch(
        List<String> hosts,
        List<String> methods,
        List<String> paths,
        Map<String, StringMatch> headers,
        List<String> routes) {
    public static final RequestMatch ALL = new RequestMatch(List.of(), List.of(), List.of(), Map.of(), List.of());

    static RequestMatch of(Reader in) {
        Map<String, StringMatch> headers = new TreeMap<>();
        in.objectMap("headers", StringMatch::of)
                .forEach((name, match) -> headers.put(name.toLowerCase(Locale.ROOT), match));
        return new RequestMatch(in.texts("hosts"), in.texts("methods"), in.texts("paths"), headers, in.texts("routes"));
    }

    public boolean isAll() {
        return equals(ALL);
    }
}
