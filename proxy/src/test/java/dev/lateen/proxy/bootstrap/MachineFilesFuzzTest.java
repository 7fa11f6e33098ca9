package dev.lateen.proxy.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.proxy.config.Decoded;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Variables as somebody may have written them for a machine.
class MachineFilesFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void readsOrRefusesEveryText(byte[] text) {
        String written = new String(text, StandardCharsets.UTF_8);
        Decoded<Map<String, String>> read = Decoded.of(() -> MachineFiles.variables(written, "fuzz"));
        if (read instanceof Decoded.Ok<Map<String, String>>(var variables)) {
            assertThat(variables.keySet()).allMatch(name -> name.matches("[A-Za-z_][A-Za-z0-9_]*"));
        }
    }
}
