package dev.lateen.proxy.bootstrap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Any;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.dns.LiveNames;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.xds.ResourceDecoders;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap.StaticResources;
import java.nio.charset.StandardCharsets;

/// Bootstraps as somebody may have written them, with the resources in them. Inputs found so far are in
/// `BootstrapFuzzTestInputs`.
class BootstrapFuzzTest {
    private final ResourceDecoders decoders = new ResourceDecoders(new Secrets(), LiveNames.unused());

    @FuzzTest(maxDuration = "60s")
    void takesOrRefusesEveryText(byte[] text) {
        String yaml = new String(text, StandardCharsets.UTF_8);
        if (Decoded.of(() -> BootstrapFile.parse(yaml, "fuzz")) instanceof Decoded.Ok<BootstrapConfig>(var config)) {
            StaticResources resources = config.resources().getStaticResources();
            resources.getClustersList().forEach(cluster -> decoders.cluster(Any.pack(cluster)));
            resources.getListenersList().forEach(listener -> decoders.listener(Any.pack(listener)));
            resources.getSecretsList().forEach(secret -> decoders.secret(Any.pack(secret)));
        }
    }
}
