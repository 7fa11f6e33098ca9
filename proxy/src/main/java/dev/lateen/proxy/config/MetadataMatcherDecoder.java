package dev.lateen.proxy.config;

import io.envoyproxy.envoy.type.matcher.v3.DoubleMatcher;
import java.util.ArrayList;
import java.util.List;

/// Decodes tests of metadata.
public final class MetadataMatcherDecoder {
    public static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message("envoy.type.matcher.v3.MetadataMatcher", "filter", "path", "value", "invert")
            .message("envoy.type.matcher.v3.MetadataMatcher.PathSegment", "key")
            .message(
                    "envoy.type.matcher.v3.ValueMatcher",
                    "double_match",
                    "string_match",
                    "bool_match",
                    "present_match",
                    "list_match",
                    "or_match")
            .message("envoy.type.matcher.v3.DoubleMatcher", "range", "exact")
            .message("envoy.type.matcher.v3.ListMatcher", "one_of")
            .message("envoy.type.matcher.v3.OrMatcher", "value_matchers")
            .build();

    private MetadataMatcherDecoder() {}

    public static MetadataMatcher decode(io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher matcher, Place at) {
        at.field("filter").require(!matcher.getFilter().isEmpty(), "is empty (expected: a namespace)");
        at.field("path").require(matcher.getPathCount() > 0, "is empty (expected: at least one key)");
        List<String> path = new ArrayList<>();
        for (var segment : matcher.getPathList()) {
            path.add(segment.getKey());
        }
        at.field("value").require(matcher.hasValue(), "is missing");
        return new MetadataMatcher(
                matcher.getFilter(), path, value(matcher.getValue(), at.field("value")), matcher.getInvert());
    }

    private static ValueMatcher value(io.envoyproxy.envoy.type.matcher.v3.ValueMatcher matcher, Place at) {
        return switch (matcher.getMatchPatternCase()) {
            case STRING_MATCH ->
                new ValueMatcher.Text(CommonDecoder.string(matcher.getStringMatch(), at.field("string_match")));
            case DOUBLE_MATCH -> number(matcher.getDoubleMatch(), at.field("double_match"));
            case BOOL_MATCH -> new ValueMatcher.Bool(matcher.getBoolMatch());
            case PRESENT_MATCH -> new ValueMatcher.Present(matcher.getPresentMatch());
            case LIST_MATCH ->
                new ValueMatcher.OneOf(value(
                        matcher.getListMatch().getOneOf(),
                        at.field("list_match").field("one_of")));
            case OR_MATCH -> {
                List<ValueMatcher> any = new ArrayList<>();
                for (var one : matcher.getOrMatch().getValueMatchersList()) {
                    any.add(value(
                            one, at.field("or_match").field("value_matchers").index(any.size())));
                }
                yield new ValueMatcher.Or(List.copyOf(any));
            }
            case NULL_MATCH -> throw at.field("null_match").unsupported();
            case MATCHPATTERN_NOT_SET -> throw at.refuse("is empty (expected: a match)");
        };
    }

    private static ValueMatcher number(DoubleMatcher matcher, Place at) {
        return switch (matcher.getMatchPatternCase()) {
            case RANGE ->
                new ValueMatcher.Range(
                        matcher.getRange().getStart(), matcher.getRange().getEnd());
            case EXACT -> new ValueMatcher.Exactly(matcher.getExact());
            case MATCHPATTERN_NOT_SET -> throw at.refuse("is empty (expected: range or exact)");
        };
    }
}
