package dev.lateen.control.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
    private static final Logger PART = Logger.getLogger("dev.lateen.test.levels.Part");

    private final LogLevels levels = new LogLevels();

    @Test
    void setsWhatIsBelowAName() {
        assertThat(levels.json().path(PART.getName()).asString("")).isEqualTo("info");
        assertThat(levels.set(Map.of("dev.lateen.test.levels", "debug"))).isEmpty();
        assertThat(levels.json().path(PART.getName()).asString("")).isEqualTo("debug");
        assertThat(PART.isLoggable(java.util.logging.Level.FINE)).isTrue();
        assertThat(levels.set(Map.of("dev.lateen.test.levels", "info"))).isEmpty();
    }

    @Test
    void refusesNamesThatNobodyLogsBy() {
        assertThat(levels.set(Map.of("dev.lateen.no.such", "debug")))
                .get()
                .asString()
                .contains("no such logger");
    }

    @Test
    void refusesOtherLevels() {
        assertThat(levels.set(Map.of("dev.lateen", "loud"))).get().asString().contains("debug, info, warn");
    }
}
