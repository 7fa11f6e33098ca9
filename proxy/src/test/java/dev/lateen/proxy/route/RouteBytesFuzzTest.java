package dev.lateen.proxy.route;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.lateen.proxy.config.Decoded;

class RouteBytesFuzzTest {
    private static final RouteDecoder DECODER = new RouteDecoder((_, at) -> {
        throw at.refuse("no filter");
    });

    /// Whatever the bytes are, they are routes or refused.
    @FuzzTest
    void bytesAreRoutesOrRefused(FuzzedDataProvider data) {
        Decoded<RouteConfig> decoded = DECODER.decode(ByteString.copyFrom(data.consumeRemainingAsBytes()));
        switch (decoded) {
            case Decoded.Ok<RouteConfig>(RouteConfig config) -> new RouteTable(config);
            case Decoded.Rejected<RouteConfig>(String reason) -> {
                if (reason.isEmpty()) {
                    throw new AssertionError("refused without a reason");
                }
            }
        }
    }
}
