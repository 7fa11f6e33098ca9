package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.StringMatch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimMatchesTest {
    @ParameterizedTest
    @CsvSource({
        "@request.auth.claims.group, group",
        "@request.auth.claims.a.b, a b",
        "@request.auth.claims[a.test/x][b], a.test/x b",
        "@Request.Auth.Claims.group, group",
        "x-group, ''",
        "@request.auth.claims, ''",
        "@request.auth.claims., ''",
        "@request.auth.claimsgroup, ''",
    })
    void namesOfHeadersMeanClaims(String header, String path) {
        assertThat(String.join(" ", ClaimMatches.path(header))).isEqualTo(path);
    }

    @Test
    void asksForTheClaimOrAnItemOfIt() {
        var matcher = ClaimMatches.of(List.of("a", "b"), new StringMatch.Exact("x"));
        assertThat(matcher.getFilter()).isEqualTo("envoy.filters.http.jwt_authn");
        assertThat(matcher.getPathList()).extracting(s -> s.getKey()).containsExactly("payload", "a", "b");
        var either = matcher.getValue().getOrMatch().getValueMatchersList();
        assertThat(either.get(0).getListMatch().getOneOf().getStringMatch().getExact())
                .isEqualTo("x");
        assertThat(either.get(1).getStringMatch().getExact()).isEqualTo("x");
    }

    @Test
    void anythingMeansThatTheClaimIsThere() {
        var matcher = ClaimMatches.of(List.of("a"), StringMatch.Present.INSTANCE);
        assertThat(matcher.getValue().getPresentMatch()).isTrue();
    }
}
