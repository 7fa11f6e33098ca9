package dev.lateen.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.PathRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.PathRules.EscapedSlashes;
import dev.lateen.proxy.http.PathNormalizer.Outcome;
import dev.lateen.proxy.route.PathRewrite;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Paths from any client. Inputs found so far are in `PathNormalizerFuzzTestInputs`.
class PathNormalizerFuzzTest {
    private static final List<String> DOTS = List.of(".", "..");

    /// What policies see is the form that everybody behind us sees, also who normalizes once more.
    @FuzzTest(maxDuration = "60s")
    void bringsEveryPathToAFormThatStays(byte[] bytes) {
        String path = "/" + new String(bytes, StandardCharsets.ISO_8859_1);
        for (EscapedSlashes slashes : EscapedSlashes.values()) {
            for (boolean merge : List.of(true, false)) {
                check(path, new PathRules(true, merge, slashes));
                check(path, new PathRules(false, merge, slashes));
            }
        }
    }

    private static void check(String path, PathRules rules) {
        PathNormalizer normalizer = new PathNormalizer(rules);
        switch (normalizer.normalize(path)) {
            case Outcome.Unchanged _ -> checkForm(path, rules);
            case Outcome.Changed(String changed) -> checkChanged(normalizer, changed, rules);
            case Outcome.Redirected(String changed) -> checkChanged(normalizer, changed, rules);
            case Outcome.Refused _ -> {}
        }
    }

    private static void checkChanged(PathNormalizer normalizer, String path, PathRules rules) {
        checkForm(path, rules);
        assertThat(normalizer.normalize(path)).as(path).isEqualTo(Outcome.UNCHANGED);
    }

    private static void checkForm(String whole, PathRules rules) {
        String path = PathRewrite.pathOnly(whole);
        assertThat(path).startsWith("/");
        if (rules.normalize()) {
            assertThat(path.split("/", -1)).doesNotContainAnyElementsOf(DOTS);
        }
        if (rules.mergeSlashes()) {
            assertThat(path).doesNotContain("//");
        }
        if (rules.escapedSlashes() != EscapedSlashes.KEEP) {
            assertThat(path).doesNotContainIgnoringCase("%2f").doesNotContainIgnoringCase("%5c");
        }
    }
}
