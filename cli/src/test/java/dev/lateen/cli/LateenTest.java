package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LateenTest {
    @Test
    void saysWhichVerbWasMeant() {
        CommandRun run = CommandRun.of("proxy-statu");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("there is no command 'proxy-statu'").contains("proxy-status");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void saysThatACommandIsMissing() {
        CommandRun run = CommandRun.of();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("a command is missing").contains("--help");
    }

    @Test
    void knowsIstioctlsShortNames() {
        assertThat(CommandRun.of("ps", "--help").out()).contains("proxy-status");
        assertThat(CommandRun.of("pc", "ep", "--help").out()).contains("proxy-config endpoint");
        assertThat(CommandRun.of("pc", "l", "--help").out()).contains("proxy-config listener");
    }

    @Test
    void showsExamplesInTheHelpOfEachVerb() {
        for (CommandLine command : all(Lateen.commandLine("lateen"))) {
            if (!command.getCommandName().equals("proxy")) {
                assertThat(command.getUsageMessage())
                        .as(command.getCommandSpec().qualifiedName())
                        .contains("Examples:");
            }
        }
    }

    @Test
    void showsExamplesOfVerbsThatExist() {
        CommandLine root = Lateen.commandLine("lateen");
        for (CommandLine command : all(root)) {
            for (String line : command.getCommandSpec().usageMessage().footer()) {
                List<String> words = List.of(line.strip().split("\\s+"));
                if (words.getFirst().equals("lateen") || words.getFirst().equals("${ROOT-COMMAND-NAME}")) {
                    assertVerb(root, words, line);
                }
            }
        }
    }

    private static void assertVerb(CommandLine root, List<String> words, String line) {
        CommandLine at = root;
        for (int i = 1; i < words.size() && !at.getSubcommands().isEmpty(); i++) {
            if (words.get(i).startsWith("-")) {
                return;
            }
            assertThat(at.getSubcommands()).as(line).containsKey(words.get(i));
            at = at.getSubcommands().get(words.get(i));
        }
    }

    @Test
    void takesNoPasswordOfRedisFromACommandLine() {
        CommandRun run = CommandRun.of("control-plane", "--config", ".", "--redis", "redis://:secret@127.0.0.1:1");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("belongs in LATEEN_REDIS").doesNotContain("secret");
    }

    @Test
    void printsItsNumberAlone() {
        CommandRun run = CommandRun.of("version", "--short");
        assertThat(run.status()).isZero();
        assertThat(run.out()).matches("\\S+\\R");
    }

    @Test
    void printsItsVersionAsJson() {
        CommandRun run = CommandRun.of("version", "--remote=false", "-o", "json");
        assertThat(dev.lateen.cli.output.Json.read(run.out())
                        .path("clientVersion")
                        .path("version")
                        .asString(""))
                .isEqualTo(VersionCommand.version());
    }

    @Test
    void refusesAnUnknownFormat() {
        CommandRun run = CommandRun.of("version", "-o", "xml");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("xml").contains("short, json or yaml");
    }

    @Test
    void refusesIntervalsThatItDoesNotMeasure() {
        assertThat(CommandRun.of("control-plane", "--in-cluster", "--idle-interval", "-1")
                        .err())
                .contains("idle interval")
                .contains("expected: >= 0");
        assertThat(CommandRun.of("top", "--interval", "0").status()).isEqualTo(2);
        assertThat(CommandRun.of("top", "--most", "0").err())
                .contains("--most 0")
                .contains("expected: 1 or more");
        assertThat(CommandRun.of("stat", "--window", "3601").err())
                .contains("3601")
                .contains("expected: 2 to 3600");
    }

    @Test
    void completesBashUnderTheNameOfTheCommand() {
        CommandRun run = CommandRun.of("completion", "bash");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("complete -F _complete_lateen").contains("proxy-status");
    }

    @Test
    void completesFishWithVerbsAndOptions() {
        CommandRun run = CommandRun.of("completion", "fish");
        assertThat(run.out())
                .contains("complete -c lateen -n 'not __fish_seen_subcommand_from")
                .contains("-a proxy-config")
                .contains("-l fqdn");
    }

    @Test
    void refusesAShellThatItDoesNotKnow() {
        CommandRun run = CommandRun.of("completion", "csh");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("csh").contains("bash, zsh or fish");
    }

    private static List<CommandLine> all(CommandLine root) {
        List<CommandLine> found = new ArrayList<>();
        for (CommandLine command : new LinkedHashSet<>(root.getSubcommands().values())) {
            found.add(command);
            found.addAll(all(command));
        }
        return found;
    }
}
