package dev.lateen.model.istio;

import java.util.List;
import java.util.Map;

/// Changes to the headers of a request or a response. Source: Istio `Headers`.
public record HeaderOperations(Change request, Change response) {
    public static final HeaderOperations NONE = new HeaderOperations(Change.NONE, Change.NONE);

    /// @param set replaces all values
    /// @param add appends a value
    public record Change(Map<String, String> set, Map<String, String> add, List<String> remove) {
        public static final Change NONE = new Change(Map.of(), Map.of(), List.of());

        static Change of(Reader in) {
            return new Change(in.textMap("set"), in.textMap("add"), in.texts("remove"));
        }
    }

    static HeaderOperations of(Reader in) {
        return new HeaderOperations(
                in.object("request", Change::of).orElse(Change.NONE),
                in.object("response", Change::of).orElse(Change.NONE));
    }
}
