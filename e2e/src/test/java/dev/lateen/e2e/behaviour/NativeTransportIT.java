package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A pod's proxy whose native library cannot be loaded, as where nothing may be written: it says so, instead of taking
/// the pod's connections to nowhere.
final class NativeTransportIT {
    @Test
    void doesNotStartWhereRedirectedConnectionsWouldGoNowhere() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dio.netty.transport.noNative=true",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.lateen.cli.ProxyMain",
                "sidecar"));
        builder.environment().put("POD_NAME", "shop-1");
        builder.environment().put("POD_NAMESPACE", "default");
        builder.environment().put("INSTANCE_IP", "127.0.0.1");
        builder.environment().put("ISTIO_META_INTERCEPTION_MODE", "REDIRECT");
        Process proxy = builder.redirectErrorStream(true).start();
        String said = new String(proxy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(proxy.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(proxy.exitValue()).as(said).isEqualTo(1);
        assertThat(said).contains("native transport").contains("noNative");
    }
}
