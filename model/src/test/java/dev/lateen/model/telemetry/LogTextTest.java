package dev.lateen.model.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%PROTOCOL% %REQ(A?B):5% %% | %PROTOCOL% %REQ(A?B):5% %%",
                "%SPAN_ID% %PROTOCOL% | - %PROTOCOL%",
                "100% of %PROTOCOL% | 100%% of %PROTOCOL%",
                "%METADATA(ROUTE:a)% | -",
                "[%START_TIME(%Y-%m-%d)%] %START_TIME(%q)% | [%START_TIME(%Y-%m-%d)%] -"
            })
    void leavesWhatTheProxyKnows(String format, String known) {
        assertThat(LogText.of(format).known("-")).isEqualTo(known);
    }

    @Test
    void namesEachUnknownWordOnce() {
        assertThat(LogText.of("%SPAN_ID% %SPAN_ID% %REQ% %GRPC_STATUS(X)% 5%").unknown())
                .extracting(UnknownWord::what)
                .containsExactly(
                        "operator 'SPAN_ID'",
                        "operator %REQ% without an argument",
                        "argument X of operator %GRPC_STATUS%",
                        "a percent sign that begins no operator");
    }
}
