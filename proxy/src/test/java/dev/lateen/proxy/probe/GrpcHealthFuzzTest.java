package dev.lateen.proxy.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// What an application may answer in the place of its health.
class GrpcHealthFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void isWellOrNot(byte[] message) {
        assertThat(GrpcHealth.read(message)).isNotNull();
    }
}
