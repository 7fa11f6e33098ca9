package dev.lateen.net.sniff;

import io.netty.channel.ChannelPipeline;

/// Told once what a connection turned out to speak; installs the handlers that go on with it.
///
/// Thread: event loop of the channel.
@FunctionalInterface
public interface SniffListener {
    /// Add handlers to the end of the pipeline (or close the channel): the bytes seen so far go to them when this
    /// returns.
    ///
    /// @param timedOut `result` is `UNKNOWN` because the time was up
    void onSniffed(ChannelPipeline pipeline, Sniffed result, boolean timedOut);
}
