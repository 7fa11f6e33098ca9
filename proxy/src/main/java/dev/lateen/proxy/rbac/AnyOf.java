package dev.lateen.proxy.rbac;

import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.CidrSet;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.config.ValueMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Makes one test of several of which any may match. Many exact texts of one thing become a set of hashes, many address
/// ranges a sorted list, so that a policy with thousands of values costs little more than one with a few.
///
/// Thread: main.
final class AnyOf {
    /// Fewer are as fast one after the other.
    private static final int MANY = 4;

    private final List<RbacTest> kept = new ArrayList<>();
    private final Map<RbacTest.Ip.Which, List<CidrRange>> ranges = new LinkedHashMap<>();
    private final Map<RbacTest, Texts> texts = new LinkedHashMap<>();

    /// Exact texts that are compared with the same thing.
    ///
    /// @param of makes the test of a matcher
    private record Texts(Function<StringMatcher, RbacTest> of, boolean ignoreCase, List<String> values) {}

    private AnyOf() {}

    static RbacTest of(List<RbacTest> tests) {
        AnyOf any = new AnyOf();
        any.addAll(tests);
        List<RbacTest> all = any.tests();
        return all.size() == 1 ? all.getFirst() : new RbacTest.Or(all);
    }

    private void addAll(List<RbacTest> tests) {
        for (RbacTest test : tests) {
            switch (test) {
                case RbacTest.Or(List<RbacTest> inner) -> addAll(inner);
                case RbacTest.Ip(RbacTest.Ip.Which which, CidrRange range) ->
                    ranges.computeIfAbsent(which, _ -> new ArrayList<>()).add(range);
                case RbacTest.UrlPath(StringMatcher path) -> add(test, path, RbacTest.UrlPath::new);
                case RbacTest.ServerName(StringMatcher name) -> add(test, name, RbacTest.ServerName::new);
                case RbacTest.PeerPrincipal(StringMatcher name) -> add(test, name, RbacTest.PeerPrincipal::new);
                case RbacTest.Authenticated(Optional<StringMatcher> name)
                when name.isPresent() ->
                    add(test, name.get(), matcher -> new RbacTest.Authenticated(Optional.of(matcher)));
                case RbacTest.Header(HeaderMatcher header)
                when !header.invert() && header.test() instanceof HeaderMatcher.Value(StringMatcher value) ->
                    add(
                            test,
                            value,
                            matcher -> new RbacTest.Header(new HeaderMatcher(
                                    header.name(), new HeaderMatcher.Value(matcher), false, header.missingIsEmpty())));
                case RbacTest.Metadata(MetadataMatcher metadata) when !metadata.invert() -> add(test, metadata);
                case RbacTest.Any _,
                        RbacTest.And _,
                        RbacTest.Not _,
                        RbacTest.Header _,
                        RbacTest.DestinationPort _,
                        RbacTest.IpIn _,
                        RbacTest.Authenticated _,
                        RbacTest.Metadata _ -> kept.add(test);
            }
        }
    }

    private void add(RbacTest test, MetadataMatcher metadata) {
        switch (metadata.value()) {
            case ValueMatcher.Text(StringMatcher text) ->
                add(test, text, matcher -> with(metadata, new ValueMatcher.Text(matcher)));
            case ValueMatcher.OneOf(ValueMatcher.Text(StringMatcher text)) ->
                add(test, text, matcher -> with(metadata, new ValueMatcher.OneOf(new ValueMatcher.Text(matcher))));
            case ValueMatcher.OneOf _,
                    ValueMatcher.Or _,
                    ValueMatcher.Range _,
                    ValueMatcher.Exactly _,
                    ValueMatcher.Bool _,
                    ValueMatcher.Present _ -> kept.add(test);
        }
    }

    private static RbacTest with(MetadataMatcher metadata, ValueMatcher value) {
        return new RbacTest.Metadata(new MetadataMatcher(metadata.namespace(), metadata.path(), value, false));
    }

    private void add(RbacTest test, StringMatcher matcher, Function<StringMatcher, RbacTest> of) {
        if (matcher instanceof StringMatcher.Exact(String value, boolean ignoreCase)) {
            RbacTest same = of.apply(StringMatcher.exact("", ignoreCase));
            texts.computeIfAbsent(same, _ -> new Texts(of, ignoreCase, new ArrayList<>()))
                    .values()
                    .add(value);
        } else {
            kept.add(test);
        }
    }

    private List<RbacTest> tests() {
        ranges.forEach((which, list) -> {
            if (list.size() < MANY) {
                list.forEach(range -> kept.add(new RbacTest.Ip(which, range)));
            } else {
                kept.add(new RbacTest.IpIn(which, new CidrSet(list)));
            }
        });
        for (Texts each : texts.values()) {
            if (each.values().size() < MANY) {
                each.values()
                        .forEach(value -> kept.add(each.of().apply(StringMatcher.exact(value, each.ignoreCase()))));
            } else {
                kept.add(each.of().apply(StringMatcher.among(each.values(), each.ignoreCase())));
            }
        }
        return List.copyOf(kept);
    }
}
