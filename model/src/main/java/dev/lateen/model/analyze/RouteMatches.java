package dev.lateen.model.analyze;

import dev.lateen.model.validate.Shadows;
import dev.lateen.model.validate.Shadows.Match;
import dev.lateen.model.validate.Shadows.Rule;
import dev.lateen.model.validate.Shadows.Shadow;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Looks at what routes match on: expressions that are none, rules that no request reaches. Thread: any.
final class RouteMatches {
    private RouteMatches() {}

    static void expressions(MeshContents mesh, Messages messages) {
        for (Item service : mesh.networking("VirtualService")) {
            for (View rule : service.spec().objects("http")) {
                for (View match : rule.objects("match")) {
                    for (String field : List.of("uri", "scheme", "method", "authority")) {
                        expression(service, field, match.object(field), messages);
                    }
                    for (String field : List.of("headers", "queryParams")) {
                        match.entries(field).forEach(entry -> expression(service, field, entry.object(), messages));
                    }
                }
                rule.object("corsPolicy")
                        .ifPresent(cors -> cors.objects("allowOrigins")
                                .forEach(origin ->
                                        expression(service, "corsPolicy.allowOrigins", Optional.of(origin), messages)));
            }
        }
    }

    private static void expression(Item service, String field, Optional<View> match, Messages messages) {
        Spot regex = match.map(found -> found.spot("regex")).orElse(null);
        if (regex == null || regex.value().isEmpty()) {
            return;
        }
        try {
            Pattern.compile(regex.value());
        } catch (PatternSyntaxException fault) {
            messages.add(MessageType.INVALID_REGEXP, service, regex, field, regex.value(), fault.getDescription());
        }
    }

    static void unreachable(MeshContents mesh, Messages messages) {
        for (Item service : mesh.networking("VirtualService")) {
            for (String protocol : List.of("http", "tls", "tcp")) {
                for (Shadow shadow : Shadows.among(service.spec().objects(protocol))) {
                    report(service, shadow, messages);
                }
            }
        }
    }

    private static void report(Item service, Shadow shadow, Messages messages) {
        switch (shadow) {
            case Shadow.SecondCatchAll(var rule, var _) ->
                messages.add(
                        MessageType.UNREACHABLE_RULE,
                        service,
                        rule.view().spot(),
                        name(rule),
                        "only the last rule can have no matches");
            case Shadow.NothingLeft(var rule) ->
                messages.add(
                        MessageType.UNREACHABLE_RULE,
                        service,
                        rule.view().spot(),
                        name(rule),
                        "all matches used by prior rules");
            case Shadow.SameMatch(var rule, var match, var earlier) ->
                ineffective(service, rule, match, name(match), name(earlier), messages);
            case Shadow.NarrowerMatch(var rule, var match, var earlierRule, var earlier) ->
                ineffective(
                        service,
                        rule,
                        match,
                        name(match) + " of prefix " + match.prefix(),
                        name(earlier) + " of prefix " + earlier.prefix() + " on " + name(earlierRule),
                        messages);
            // Istio has no message for it; the validator's own tells of it.
            case Shadow.BehindCatchAll _ -> {}
        }
    }

    private static void ineffective(
            Item service, Rule rule, Match match, String matchName, String earlier, Messages messages) {
        messages.add(MessageType.INEFFECTIVE_MATCH, service, match.view().spot(), name(rule), matchName, earlier);
    }

    private static String name(Rule rule) {
        return name(rule.view(), rule.index());
    }

    private static String name(Match match) {
        return name(match.view(), match.index());
    }

    private static String name(View named, int index) {
        String name = named.text("name");
        return name.isEmpty() ? "#" + index : "\"" + name + "\"";
    }
}
