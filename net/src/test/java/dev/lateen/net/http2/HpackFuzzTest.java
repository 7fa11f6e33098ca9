package dev.lateen.net.http2;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Header blocks from any peer. Inputs found so far are in `HpackFuzzTestInputs`.
class HpackFuzzTest {
    private static final int LIMIT = 60 * 1024;

    /// Whatever a block holds, it is decoded or it is a violation; the table that it leaves serves the next one.
    @FuzzTest(maxDuration = "60s")
    void decodesOrRefusesEveryBlock(byte[] block) {
        HpackDecoder decoder = new HpackDecoder();
        for (int round = 0; round < 2; round++) {
            try {
                decoder.decode(block, 0, block.length, HeadAssembler.begin(LIMIT));
            } catch (Http2Violation _) {
                return;
            }
        }
    }
}
