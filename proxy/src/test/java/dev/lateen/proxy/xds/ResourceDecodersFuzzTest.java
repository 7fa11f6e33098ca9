package dev.lateen.proxy.xds;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.lateen.proxy.dns.LiveNames;
import dev.lateen.proxy.tls.Secrets;

/// Resources as any control plane may send them. Inputs found so far are in `ResourceDecodersFuzzTestInputs`; the first
/// letter of each tells its type.
class ResourceDecodersFuzzTest {
    private final ResourceDecoders decoders = new ResourceDecoders(new Secrets(), LiveNames.unused());

    @FuzzTest(maxDuration = "60s")
    void takesOrRefusesEveryResource(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Any any = Any.newBuilder()
                .setValue(ByteString.copyFrom(input, 1, input.length - 1))
                .build();
        switch (input[0]) {
            case 'c' -> decoders.cluster(any);
            case 'e' -> decoders.endpoints(any);
            case 'l' -> decoders.listener(any);
            case 'r' -> decoders.routes(any);
            case 's' -> decoders.secret(any);
            default -> {}
        }
    }
}
