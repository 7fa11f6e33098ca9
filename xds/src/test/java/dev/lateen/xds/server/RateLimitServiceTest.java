package dev.lateen.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.server.RateLimitService.Question;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import org.junit.jupiter.api.Test;

class RateLimitServiceTest {
    private static String valueOf(String sent) {
        Question question = RateLimitService.question(RateLimitRequest.newBuilder()
                .setDomain("lateen")
                .addDescriptors(RateLimitDescriptor.newBuilder()
                        .addEntries(RateLimitDescriptor.Entry.newBuilder()
                                .setKey("user")
                                .setValue(sent)))
                .build());
        return question.descriptors().getFirst().entries().getFirst().value();
    }

    @Test
    void takesValuesAsTheyAre() {
        assertThat(valueOf("alice")).isEqualTo("alice");
        assertThat(valueOf("x".repeat(256))).isEqualTo("x".repeat(256));
    }

    @Test
    void countsALongValueUnderItsDigestRatherThanLettingItsRequestPass() {
        String one = valueOf("x".repeat(60_000));
        String other = valueOf("x".repeat(60_000) + "y");

        assertThat(one).startsWith("sha256:").hasSize(71);
        assertThat(other).startsWith("sha256:").isNotEqualTo(one);
    }
}
