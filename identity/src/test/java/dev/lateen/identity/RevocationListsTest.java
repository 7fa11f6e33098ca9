package dev.lateen.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationListsTest {
    @TempDir
    private Path directory;

    @Test
    void readsNothingWhereThereIsNoFile() throws IOException {
        assertThat(RevocationLists.read(directory.resolve("none.pem"))).isEmpty();
    }

    @Test
    void refusesMoreThanAWorkloadWouldHold() throws IOException {
        Path file = Files.writeString(directory.resolve("ca-crl.pem"), "x".repeat((1 << 20) + 1));

        assertThatThrownBy(() -> RevocationLists.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": larger than 1048576 bytes");
    }
}
