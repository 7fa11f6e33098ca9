package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClusterAdviceTest {
    @Test
    void namesTheRightThatIsMissingInANamespace() {
        assertThat(ClusterAdvice.right("pods \"x\" is forbidden: User \"ann\" cannot create resource"
                        + " \"pods/portforward\" in API group \"\" in the namespace \"shop\""))
                .isEqualTo(": kubectl auth can-i create pods --subresource=portforward -n shop");
    }

    @Test
    void namesTheRightThatIsMissingInAllNamespaces() {
        assertThat(ClusterAdvice.right("gateways.networking.istio.io is forbidden: User \"ann\" cannot list resource"
                        + " \"gateways\" in API group \"networking.istio.io\" at the cluster scope"))
                .isEqualTo(": kubectl auth can-i list gateways.networking.istio.io --all-namespaces");
    }
}
