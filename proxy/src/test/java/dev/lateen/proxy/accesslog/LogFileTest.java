package dev.lateen.proxy.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.accesslog.LogLane.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogFileTest {
    private static final int ALL_ROOM = 8 << 20;

    private final AtomicLong dropped = new AtomicLong();

    @TempDir
    private Path directory;

    private LogFile file(String name) {
        return new LogFile(directory.resolve(name).toString(), dropped);
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name));
    }

    private static Outcome offer(LogLane lane, String line) {
        lane.line().append(line + "\n");
        return lane.offer();
    }

    @Test
    void writesLinesInTheirOrderOverManyBlocks() throws IOException {
        LogFile file = file("log");
        List<String> sent = new ArrayList<>();
        for (int number = 0; number < 5_000; number++) {
            String line = "line " + number + " " + "ä".repeat(number % 70);
            sent.add(line);
            offer(file.lane(), line);
            if (number % 700 == 0) {
                file.drain();
            }
        }
        file.drain();
        assertThat(lines("log")).isEqualTo(sent);
    }

    @Test
    void writesALineThatIsLongerThanABlock() throws IOException {
        LogFile file = file("log");
        String longLine = "x".repeat(3 * LogLane.BLOCK_BYTES);
        offer(file.lane(), "before");
        offer(file.lane(), longLine);
        offer(file.lane(), "after");
        file.drain();
        assertThat(lines("log")).containsExactly("before", longLine, "after");
    }

    @Test
    void hasNothingToWriteOnceAllIsWritten() {
        LogFile file = file("log");
        offer(file.lane(), "one");
        assertThat(file.isEmpty()).isFalse();
        file.drain();
        assertThat(file.isEmpty()).isTrue();
    }

    @Test
    void asksForTheWriterWhenMuchWaits() {
        LogLane lane = new LogLane(new AtomicInteger(ALL_ROOM), ALL_ROOM);
        for (int block = 0; block < 5; block++) {
            assertThat(offer(lane, "x".repeat(LogLane.BLOCK_BYTES - 10))).isEqualTo(Outcome.QUEUED);
        }
        assertThat(offer(lane, "does not fit into the fifth")).isEqualTo(Outcome.FULL);
        assertThat(offer(lane, "fits into the sixth")).isEqualTo(Outcome.QUEUED);
    }

    @Test
    void dropsWholeLinesWhileThereIsNoRoom() throws IOException {
        // Given
        AtomicInteger room = new AtomicInteger(LogLane.BLOCK_BYTES);
        LogLane lane = new LogLane(room, LogLane.BLOCK_BYTES);
        String large = "x".repeat(LogLane.BLOCK_BYTES - 10);
        offer(lane, large);
        offer(lane, large);
        // When
        Outcome third = offer(lane, large);
        lane.writeTo(file("log"));
        Outcome fourth = offer(lane, large);
        lane.writeTo(file("log"));
        // Then
        assertThat(List.of(third, fourth)).containsExactly(Outcome.DROPPED, Outcome.QUEUED);
        assertThat(lines("log")).containsExactly(large, large, large);
    }

    @Test
    void givesBackTheRoomOfWhatIsWritten() throws IOException {
        AtomicInteger room = new AtomicInteger(ALL_ROOM);
        LogLane lane = new LogLane(room, ALL_ROOM);
        for (int number = 0; number < 20; number++) {
            offer(lane, "x".repeat(number % 3 == 0 ? LogLane.BLOCK_BYTES * 2 : LogLane.BLOCK_BYTES - 100));
        }
        lane.writeTo(file("log"));
        assertThat(room).hasValue(ALL_ROOM);
    }

    @Test
    void opensTheFileAnewAfterItWasMovedAway() throws IOException {
        LogFile file = file("log");
        offer(file.lane(), "old");
        file.drain();
        Files.move(directory.resolve("log"), directory.resolve("log.1"));
        file.reopen();
        offer(file.lane(), "new");
        file.drain();
        assertThat(lines("log.1")).containsExactly("old");
        assertThat(lines("log")).containsExactly("new");
    }

    @Test
    void countsTheLinesOfAFileThatCannotBeWritten() throws IOException {
        // Given
        LogFile file = file("missing/log");
        offer(file.lane(), "one");
        offer(file.lane(), "two");
        // When
        file.drain();
        Files.createDirectory(directory.resolve("missing"));
        offer(file.lane(), "three");
        file.drain();
        // Then
        assertThat(dropped).hasValue(2);
        assertThat(lines("missing/log")).containsExactly("three");
    }
}
