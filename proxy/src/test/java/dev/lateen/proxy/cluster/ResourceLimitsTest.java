package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.cluster.CircuitBreakers.Thresholds;
import org.junit.jupiter.api.Test;

final class ResourceLimitsTest {
    @Test
    void allowsAgainWhatWasReleased() {
        ResourceLimits limits = new ResourceLimits(new Thresholds(1, 1, 1, 1, -1, 0, false));
        assertThat(limits.tryRequest()).isTrue();
        assertThat(limits.tryRequest()).isFalse();
        limits.releaseRequest();
        assertThat(limits.tryRequest()).isTrue();
    }

    @Test
    void budgetsRetriesByActiveRequests() {
        ResourceLimits limits = new ResourceLimits(new Thresholds(100, 100, 100, 3, 20, 1, false));
        for (int request = 0; request < 10; request++) {
            limits.tryRequest();
        }
        assertThat(limits.tryRetry()).isTrue();
        assertThat(limits.tryRetry()).isTrue();
        assertThat(limits.tryRetry()).isFalse();
    }

    @Test
    void alwaysAllowsTheLeastNumberOfRetries() {
        ResourceLimits limits = new ResourceLimits(new Thresholds(100, 100, 100, 3, 20, 3, false));
        assertThat(limits.tryRetry() && limits.tryRetry() && limits.tryRetry()).isTrue();
        assertThat(limits.tryRetry()).isFalse();
    }
}
