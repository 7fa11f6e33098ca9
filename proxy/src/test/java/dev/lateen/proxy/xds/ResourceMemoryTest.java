package dev.lateen.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResourceMemoryTest {
    private static final int HEAP = 48 << 20;

    private final ResourceMemory memory = new ResourceMemory(HEAP);

    @Test
    void refusesUnreadWhatIsTooLarge() {
        assertThat(memory.refusal(HEAP / ResourceMemory.PARTS + 1, () -> {
                    throw new AssertionError("read");
                }))
                .hasValueSatisfying(reason -> assertThat(reason).contains("6291457 bytes", "LATEEN_PROXY_HEAP"));
    }

    @Test
    void readsWhatFits() {
        assertThat(memory.refusal(HEAP / ResourceMemory.PARTS, Optional::empty)).isEmpty();
        assertThat(memory.refusal(1, () -> Optional.of("wrong"))).contains("wrong");
    }

    @Test
    void refusesWhatDoesNotFitAllTheSame() {
        assertThat(memory.refusal(1, () -> {
                    throw new OutOfMemoryError("heap");
                }))
                .hasValueSatisfying(reason -> assertThat(reason).contains("did not fit"));
    }
}
