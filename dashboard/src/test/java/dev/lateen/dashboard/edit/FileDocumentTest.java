package dev.lateen.dashboard.edit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileDocumentTest {
    private static final String FILE = """
            # of the first
            a: 1
            --- # the second
            b: |
              ---- no mark
              text
            ---
            c: 3
            """;

    @Test
    void isWhatStandsBetweenMarks() {
        FileDocument second = FileDocument.at(FILE, 4);
        assertThat(second.text()).isEqualTo("b: |\n  ---- no mark\n  text\n");
        assertThat(second.firstLine()).isEqualTo(4);
        assertThat(FileDocument.at(FILE, 3)).isEqualTo(second);
    }

    @Test
    void keepsCommentsOfTheFirstAndTheEndOfTheLast() {
        assertThat(FileDocument.at(FILE, 1).text()).isEqualTo("# of the first\na: 1\n");
        assertThat(FileDocument.at(FILE, 99).text()).isEqualTo("c: 3\n");
    }

    @Test
    void changesNothingElseOfTheFile() {
        for (int line = 1; line <= 8; line++) {
            FileDocument one = FileDocument.at(FILE, line);
            assertThat(one.with(one.text())).isEqualTo(FILE);
        }
        assertThat(FileDocument.at(FILE, 4).with("b: 2"))
                .isEqualTo("# of the first\na: 1\n--- # the second\nb: 2\n---\nc: 3\n");
    }

    @Test
    void keepsTheEndsOfLinesAndTheByteOrderMark() {
        FileDocument one = FileDocument.at("\uFEFFa: 1\r\nb: 2\r\n---\r\nc: 3\r\n", 1);
        assertThat(one.shown()).isEqualTo("a: 1\nb: 2\n");
        assertThat(one.with("a: 9\nb: 2\n")).isEqualTo("\uFEFFa: 9\r\nb: 2\r\n---\r\nc: 3\r\n");
    }

    @Test
    void beginsBehindAMarkThatHasContentOnItsLine() {
        FileDocument one = FileDocument.at("--- {a: 1}\n---\nb: 2\n", 1);
        assertThat(one.text()).isEqualTo(" {a: 1}\n");
        assertThat(one.firstLine()).isEqualTo(1);
    }
}
