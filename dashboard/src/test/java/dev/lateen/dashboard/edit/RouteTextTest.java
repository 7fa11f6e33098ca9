package dev.lateen.dashboard.edit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RouteTextTest {
    private static final String ROUTES = new RouteText("shop", "users", "users").newRoutes();

    @Test
    void refusesEverythingWhereNoShareIsGiven() {
        assertThat(RouteText.faulty(ROUTES, 0, new TrafficChange.Fault("", "", "503", "")))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("httpStatus: 503").contains("value: 100"));
    }

    @Test
    void refusesAShareOfAThousandth() {
        assertThat(RouteText.faulty(ROUTES, 0, new TrafficChange.Fault("", "", "503", "0.1")))
                .hasValueSatisfying(text -> assertThat(text).contains("value: 0.1"));
    }

    @Test
    void keepsAShareThatIsNoNumberForTheCheckToFind() {
        assertThat(RouteText.faulty(ROUTES, 0, new TrafficChange.Fault("2s", "a lot", "", "")))
                .hasValueSatisfying(text -> assertThat(text).contains("value: \"a lot\""));
    }
}
