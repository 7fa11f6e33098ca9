package dev.lateen.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimedTokenTest {
    @Test
    void claimsBecomeWhatATokenWouldHaveSaid() {
        assertThat(ClaimedToken.payload(
                        List.of("sub=ada", "groups=a", "groups=b=c", "team[name]=platform", "team[at][city]=")))
                .isEqualTo(Map.of(
                        "sub",
                        "ada",
                        "groups",
                        List.of("a", "b=c"),
                        "team",
                        Map.of("name", "platform", "at", Map.of("city", ""))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sub", "=ada", "a[=b", "a[]=b", "[a]=b", "a]=b"})
    void refusesWhatIsNoClaim(String text) {
        assertThatThrownBy(() -> ClaimedToken.payload(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is no claim");
    }

    @Test
    void refusesAClaimThatIsAValueAndHoldsOthers() {
        for (List<String> claims : List.of(List.of("a=b", "a[c]=d"), List.of("a[c]=d", "a=b"))) {
            assertThatThrownBy(() -> ClaimedToken.payload(claims)).hasMessageContaining("claims within it");
        }
    }
}
