package dev.lateen.control.ratelimit;

import static dev.lateen.control.ratelimit.Rules.daily;
import static dev.lateen.control.ratelimit.Rules.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.translate.policy.LimitRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuotaJournalTest {
    private static final Instant NOW = Instant.parse("2099-01-15T12:00:00Z");
    private static final LimitRule RULE = daily(5000);

    @TempDir
    Path directory;

    private EmbeddedStore open(String file) throws Exception {
        return EmbeddedStore.open(directory.resolve(file), 100, new LimitStats(), () -> NOW);
    }

    private static long used(EmbeddedStore store) {
        store.take(List.of(take(RULE, 0, "user=a")), 0);
        return store.usage(RULE.id(), 1).getFirst().used();
    }

    @Test
    void losesNoMoreThanALeaseWhereTheProcessEndsWithoutAWord() throws Exception {
        try (EmbeddedStore store = open("quotas")) {
            for (int hit = 1; hit <= 333; hit++) {
                store.take(List.of(take(RULE, 1, "user=a")), 0);
                // What another process would find at this moment.
                Files.copy(
                        directory.resolve("quotas"),
                        directory.resolve("copy"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                if (hit % 37 == 0) {
                    try (EmbeddedStore other = open("copy")) {
                        assertThat(used(other)).isBetween(hit - take(RULE, 1).mostAhead() + 1, (long) hit);
                    }
                }
            }
        }
    }

    @Test
    void leavesOutALastRecordThatIsCutOff() throws Exception {
        try (EmbeddedStore store = open("quotas")) {
            store.take(List.of(take(RULE, 100, "user=a")), 0);
            store.take(List.of(take(RULE, 100, "user=a")), 0);
        }
        Path file = directory.resolve("quotas");
        byte[] all = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(all, all.length - 3));
        try (EmbeddedStore store = open("quotas")) {
            assertThat(used(store)).isEqualTo(100);
        }
    }

    @Test
    void leavesOutWhatIsDamaged() throws Exception {
        try (EmbeddedStore store = open("quotas")) {
            store.take(List.of(take(RULE, 100, "user=a")), 0);
        }
        Path file = directory.resolve("quotas");
        Files.write(file, new byte[] {0, 0, 0, 4, 1, 2, 3, 4, 9, 9, 9, 9}, StandardOpenOption.APPEND);
        try (EmbeddedStore store = open("quotas")) {
            assertThat(used(store)).isEqualTo(100);
        }
    }
}
