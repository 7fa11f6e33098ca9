package dev.lateen.local.cni;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NetworkConfigTest {
    private static final String LIST =
            "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"other\":[1],\"plugins\":[{\"type\":\"bridge\",\"mtu\":1400}]}\n";
    private static final String OURS = "{\"type\":\"istio-cni\",\"capabilities\":{"
            + "\"io.kubernetes.cri.pod-annotations\":true},\"socket\":\"/run/s\"}";

    @Test
    void addsThePluginBehindTheOthersAndTakesItAwayAgain() {
        String with = NetworkConfig.with(LIST, "/run/s").orElseThrow();
        assertThat(with)
                .isEqualTo(LIST.replace(
                        "{\"type\":\"bridge\",\"mtu\":1400}", "{\"type\":\"bridge\",\"mtu\":1400}," + OURS));
        assertThat(NetworkConfig.without(with)).isEqualTo(LIST);
    }

    @Test
    void addsItOnce() {
        String with = NetworkConfig.with(LIST, "/run/s").orElseThrow();
        assertThat(NetworkConfig.with(with, "/run/s")).contains(with);
    }

    @Test
    void makesAListOfASinglePlugin() {
        assertThat(NetworkConfig.with("{\"cniVersion\":\"0.4.0\",\"name\":\"net\",\"type\":\"ptp\"}", "/run/s"))
                .contains("{\"cniVersion\":\"0.4.0\",\"name\":\"net\",\"plugins\":[{\"name\":\"net\",\"type\":\"ptp\"},"
                        + OURS + "]}\n");
    }

    @Test
    void leavesWhatIsNoNetworkAlone() {
        assertThat(NetworkConfig.with("{\"name\":\"half", "/run/s")).isEmpty();
        assertThat(NetworkConfig.with("{\"name\":\"n\",\"plugins\":[]}", "/run/s"))
                .isEmpty();
        assertThat(NetworkConfig.without("no json")).isEqualTo("no json");
    }
}
