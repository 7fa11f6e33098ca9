package dev.lateen.model.validate;

import dev.lateen.model.validate.Shadows.Shadow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reports rules of a VirtualService that no request reaches, since an earlier one takes it. Thread: any one.
final class UnreachableRules {
    private final Report report;
    private @Nullable View behindCatchAll;

    UnreachableRules(Report report) {
        this.report = report;
    }

    void check(View spec) {
        for (String field : List.of("http", "tls", "tcp")) {
            Shadows.among(spec.objects(field)).forEach(this::report);
        }
    }

    private void report(Shadow shadow) {
        if (shadow instanceof Shadow.BehindCatchAll(var _, var match, var _)) {
            behindCatchAll = match.view();
        } else if (shadow.match().filter(this::isReported).isPresent()) {
            return;
        }
        switch (shadow) {
            case Shadow.SecondCatchAll(var rule, var earlier) ->
                warn(
                        rule.view(),
                        "rule is never used: rule " + earlier.index() + " matches everything",
                        "only the last rule can do without a match");
            case Shadow.BehindCatchAll(var _, var match, var earlier) ->
                warn(
                        match.view(),
                        "match is never used: rule " + earlier.index() + " matches everything",
                        "put the rule without a match last");
            case Shadow.SameMatch(var _, var match, var earlier) ->
                warn(match.view(), "match is never used: rule " + earlier.index() + " has the same", "");
            case Shadow.NarrowerMatch(var _, var match, var _, var earlier) ->
                warn(
                        match.view(),
                        "match is never used: '" + earlier.prefix() + "' at "
                                + earlier.view().path() + " takes it all",
                        "put the longer prefix first");
            // Each of its matches has been reported.
            case Shadow.NothingLeft _ -> {}
        }
    }

    /// What stands behind a rule that takes everything needs no second reason.
    private boolean isReported(Shadows.Match match) {
        return behindCatchAll == match.view();
    }

    private void warn(View at, String message, String advice) {
        report.warning(at.spot(), "unreachable", message, advice);
    }
}
