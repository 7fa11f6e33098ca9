package dev.lateen.proxy.tcp;

import io.netty.buffer.ByteBuf;

/// One end of a relay. What arrives at it goes to the other end, which it is connected to; it stops reading while that
/// one cannot take more. The end of one direction is passed on, the other direction goes on.
///
/// Thread: event loop of both ends.
interface RelayEnd {
    /// Who owns the relay.
    interface Owner {
        void onBytes(boolean fromDownstream, int count);

        /// This end is gone.
        ///
        /// @param reset it broke off: nobody may take what came so far for all of it
        void onClosed(boolean downstreamSide, boolean reset);
    }

    /// Starts the flow from this end to `target`, with what came before.
    void connect(RelayEnd target);

    /// Takes ownership. True where `flush` has to follow.
    boolean write(ByteBuf bytes);

    void flush();

    boolean isWritable();

    /// The other end has sent its last.
    void endOutput();

    /// The other end can take more, or no more for now.
    void read(boolean wanted);

    /// Lets go of this end, behind what was written.
    void closeWhenFlushed();

    /// Lets go of this end so that its peer learns that something is missing.
    void abort();
}
