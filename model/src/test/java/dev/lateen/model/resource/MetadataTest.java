package dev.lateen.model.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MetadataTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void ofTwoRivalsTheElderIsFirst() {
        assertThat(sorted(of("a", "x", NOON.plusSeconds(1), 0), of("b", "x", NOON, 1)))
                .containsExactly("b.x", "a.x");
    }

    @Test
    void withinOneSecondPlacesInAFileCountAndThenNames() {
        assertThat(sorted(of("a", "x", NOON, 1), of("b", "x", NOON, 0))).containsExactly("b.x", "a.x");
        assertThat(sorted(of("b", "x", NOON, 0), of("a-b", "w", NOON, 0), of("a", "y", NOON, 0), of("a", "x", NOON, 0)))
                .containsExactly("a.x", "a.y", "a-b.w", "b.x");
    }

    private static List<String> sorted(Metadata... all) {
        return Stream.of(all)
                .sorted(Metadata.ELDEST_FIRST)
                .map(one -> one.name() + "." + one.namespace())
                .toList();
    }

    private static Metadata of(String name, String namespace, Instant created, long order) {
        return new Metadata(name, namespace, Map.of(), Map.of(), created, order, 1, "");
    }
}
