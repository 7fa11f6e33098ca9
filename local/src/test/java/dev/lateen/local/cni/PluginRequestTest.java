package dev.lateen.local.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PluginRequestTest {
    private static final String HEAD =
            "network 17 5\narguments IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=a-1\n\n";

    @Test
    void saysWhichPodAndWhereItsNetworkIs() {
        PluginRequest request = PluginRequest.parse(HEAD + "{\"cniVersion\":\"1.0.0\"}");
        assertThat(request.process()).isEqualTo(17);
        assertThat(request.file()).isEqualTo(5);
        assertThat(request.namespace()).isEqualTo("shop");
        assertThat(request.name()).isEqualTo("a-1");
        assertThat(request.isInjected()).isEmpty();
    }

    @Test
    void knowsPodsOfTheMeshWhereTheRuntimeTellsAnnotations() {
        String config = "{\"runtimeConfig\":{\"io.kubernetes.cri.pod-annotations\":{%s}}}";
        assertThat(PluginRequest.parse(HEAD + config.formatted("")).isInjected())
                .contains(false);
        assertThat(PluginRequest.parse(HEAD + config.formatted("\"sidecar.istio.io/status\":\"{}\""))
                        .isInjected())
                .contains(true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET / HTTP/1.1\nhost: a\n\n",
                "network 1\narguments \n\n{}",
                "network x 1\narguments \n\n{}",
                "network 1 99999999999\narguments \n\n{}",
                "network 1 2\narguments K8S_POD_NAME=../../nodes/a\n\n{}",
                "network 1 2\narguments K8S_POD_NAME=a\n\n[]"
            })
    void refusesWhatIsNoRequest(String text) {
        assertThatThrownBy(() -> PluginRequest.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void answersAsTheSpecificationHasErrors() {
        assertThat(PluginAnswer.Pass.INSTANCE.text("1.0.0")).isEqualTo("pass\n");
        String text = new PluginAnswer.Refuse("no \"luck\"").text("1.0.0");
        assertThat(text).startsWith("refuse\n{");
        assertThat(Trees.parse(text.substring("refuse\n".length())).path("code").asInt())
                .isEqualTo(11);
    }
}
