package dev.lateen.local.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InterceptionRulesTest {
    private final List<String> rules = InterceptionRules.ipv4(InterceptionSettings.everything());

    @Test
    void letsTheProxysOwnConnectionsPassBeforeAnythingIsRedirected() {
        assertThat(rules)
                .containsSubsequence(
                        "-A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN",
                        "-A ISTIO_OUTPUT -m owner --gid-owner 1337 -j RETURN",
                        "-A ISTIO_OUTPUT -j ISTIO_REDIRECT");
    }

    @Test
    void excludesPortsBeforeAllInboundIsRedirected() {
        assertThat(rules)
                .containsSubsequence(
                        "-A ISTIO_INBOUND -p tcp --dport 15021 -j RETURN",
                        "-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT");
    }

    @Test
    void keepsRangesOfTheOtherAddressFamilyOut() {
        InterceptionSettings all = InterceptionSettings.everything();
        InterceptionSettings ranges = new InterceptionSettings(
                all.proxyPort(),
                all.inboundCapturePort(),
                all.inboundTunnelPort(),
                all.users(),
                all.groups(),
                all.inbound(),
                new InterceptionSettings.Outbound(
                        List.of("10.0.0.0/8", "2001:db8::/32"), List.of(), List.of(), List.of(), List.of()),
                all.interfaces(),
                all.loopbackCidr(),
                false,
                true);

        assertThat(InterceptionRules.ipv4(ranges)).noneMatch(rule -> rule.contains("2001:db8"));
        assertThat(InterceptionRules.ipv6(ranges)).noneMatch(rule -> rule.contains("10.0.0.0/8"));
    }
}
