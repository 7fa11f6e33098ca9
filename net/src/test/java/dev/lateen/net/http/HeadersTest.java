package dev.lateen.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The table of fields against the plainest one that could be written.
final class HeadersTest {
    private static final int STEPS = 20_000;
    /// Of equal lengths, of equal last letters, of both, and an empty one.
    private static final List<String> NAMES = List.of(
            "",
            "b3",
            "te",
            "tf",
            "date",
            "data",
            "content-type",
            "x-b3-traceid",
            "x-b3-sampled",
            "x-b3-spanid",
            "traceparent",
            "x-request-id",
            "a-name-that-is-longer-than-sixty-four-letters-and-wraps-around-once-more");

    private record Field(String name, String value) {}

    private final List<Field> expected = new ArrayList<>();
    private final Headers headers = new Headers();

    @Test
    void doesWhatAListOfFieldsDoes() {
        Random random = new Random(7);
        for (int step = 0; step < STEPS; step++) {
            // Names that are equal without being the same are found too.
            String name = new String(NAMES.get(random.nextInt(NAMES.size())));
            change(random.nextInt(40), name, "v" + step);
            for (String each : NAMES) {
                assertThat(headers.get(each)).as("%s in step %d", each, step).isEqualTo(first(each));
                assertThat(headers.contains(each)).isEqualTo(first(each) != null);
            }
            assertThat(headers.size()).isEqualTo(expected.size());
        }
    }

    private void change(int kind, String name, String value) {
        switch (kind) {
            case 0 -> {
                headers.clear();
                expected.clear();
            }
            case 1, 2, 3, 4, 5 -> {
                assertThat(headers.remove(name)).isEqualTo(first(name) != null);
                expected.removeIf(field -> field.name().equals(name));
            }
            case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 -> set(name, value);
            default -> {
                headers.add(name, value);
                expected.add(new Field(name, value));
            }
        }
    }

    private void set(String name, String value) {
        headers.set(name, value);
        int at = expected.stream().map(Field::name).toList().indexOf(name);
        if (at < 0) {
            expected.add(new Field(name, value));
            return;
        }
        expected.set(at, new Field(name, value));
        List<Field> rest = expected.subList(at + 1, expected.size());
        rest.removeIf(field -> field.name().equals(name));
    }

    private @org.jspecify.annotations.Nullable String first(String name) {
        return expected.stream()
                .filter(field -> field.name().equals(name))
                .map(Field::value)
                .findFirst()
                .orElse(null);
    }
}
