package dev.lateen.proxy.route;

import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.route.HeaderChanges.Addition;
import dev.lateen.proxy.route.HeaderChanges.Change;
import dev.lateen.proxy.route.HeaderChanges.IfPresent;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Decodes header additions and removals.
public final class HeaderChangesDecoder {
    private HeaderChangesDecoder() {}

    /// @param prefix `request_headers` or `response_headers`, for refusals
    public static Change decode(List<HeaderValueOption> add, List<String> remove, String prefix, Place at) {
        if (add.isEmpty() && remove.isEmpty()) {
            return Change.NONE;
        }
        List<Addition> additions = new ArrayList<>();
        for (int index = 0; index < add.size(); index++) {
            additions.add(addition(add.get(index), at.field(prefix + "_to_add").index(index)));
        }
        List<String> removals = new ArrayList<>();
        for (int index = 0; index < remove.size(); index++) {
            String name = remove.get(index).toLowerCase(Locale.ROOT);
            Place place = at.field(prefix + "_to_remove").index(index);
            place.require(!name.isEmpty(), "is empty (expected: a header name)");
            place.require(
                    name.charAt(0) != ':' && !name.equals("host"),
                    "'" + name + "' cannot be removed: a request needs it");
            removals.add(name);
        }
        return new Change(removals, additions);
    }

    @SuppressWarnings("deprecation") // `append` is still sent.
    private static Addition addition(HeaderValueOption option, Place at) {
        String name = option.getHeader().getKey().toLowerCase(Locale.ROOT);
        at.field("header.key").require(!name.isEmpty(), "is empty (expected: a header name)");
        IfPresent ifPresent = option.hasAppend()
                ? (option.getAppend().getValue() ? IfPresent.APPEND : IfPresent.OVERWRITE)
                : switch (option.getAppendAction()) {
                    case APPEND_IF_EXISTS_OR_ADD -> IfPresent.APPEND;
                    case ADD_IF_ABSENT -> IfPresent.KEEP;
                    case OVERWRITE_IF_EXISTS_OR_ADD -> IfPresent.OVERWRITE;
                    case OVERWRITE_IF_EXISTS -> IfPresent.OVERWRITE_ONLY;
                    case UNRECOGNIZED ->
                        throw at.field("append_action").refuse(option.getAppendActionValue(), "a known action");
                };
        String text = option.getHeader().getValue().isEmpty()
                ? option.getHeader().getRawValue().toStringUtf8()
                : option.getHeader().getValue();
        return new Addition(
                name, HeaderFormat.parse(text, at.field("header.value")), ifPresent, option.getKeepEmptyValue());
    }
}
